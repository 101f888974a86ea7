import type { LabelSelector, Labels } from './policy.ts'

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number]

const meets = (labels: Labels, { key, operator, values }: Requirement): boolean => {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  const listed = value !== undefined && (values ?? []).includes(value)
  switch (operator) {
    case 'In':
      return listed
    case 'NotIn':
      // Also true of what has no such label at all.
      return !listed
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default:
      return false
  }
}

/** Everything that a selector lists must hold; an empty selector selects all. */
export const selects = (selector: LabelSelector, labels: Labels): boolean =>
  Object.entries(selector.matchLabels ?? {}).every(
    ([key, value]) => Object.hasOwn(labels, key) && labels[key] === value,
  ) && (selector.matchExpressions ?? []).every((each) => meets(labels, each))

/** `app=web,tier in (a,b)`, "everything" for the empty selector. */
export const describeSelector = (selector: LabelSelector): string => {
  const parts = [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`),
    ...(selector.matchExpressions ?? []).map(({ key, operator, values }) => {
      const set = `(${(values ?? []).join(',')})`
      if (operator === 'In') return `${key} in ${set}`
      if (operator === 'NotIn') return `${key} notin ${set}`
      return operator === 'Exists' ? key : `!${key}`
    }),
  ]
  return parts.length === 0 ? 'everything' : parts.join(',')
}
