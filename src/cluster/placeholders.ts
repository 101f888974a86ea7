import { UserError } from '../core/errors.ts'

const PATTERN = /\(\(\s*(dirs?|ports?)\.([A-Za-z][A-Za-z0-9_-]*)\s*\)\)/g

/**
 * The text of a profile file with values in place of ((dir.x)) and ((port.x)). An item of a list is put in quotes where
 * its value makes that necessary; everything else stays as it was written. `file` is for the UserError about a
 * placeholder that does not exist.
 */
export const fillPlaceholders = (
  text: string,
  { values, file }: { readonly values: ReadonlyMap<string, string>; readonly file: string },
): string => {
  const fill = (part: string): string =>
    part.replace(PATTERN, (placeholder: string, namespace: string, name: string) => {
      const value = values.get(`${namespace}.${name}`)
      if (value !== undefined) return value
      throw new UserError({
        what: `${file}: ${placeholder} has no value`,
        next: `Known: ${[...values.keys()].join(', ')}.`,
      })
    })
  const fillLine = (line: string): string => {
    const [, dash, item] = /^(\s*- )(.*)$/.exec(line) ?? []
    return dash === undefined || item === undefined ? fill(line) : dash + scalar(fill(item))
  }
  return text
    .split('\n')
    .map((line) => (line.search(PATTERN) < 0 ? line : fillLine(line)))
    .join('\n')
}

// Plain where YAML allows it: a folder of the learner's choice may hold characters that it does not.
const scalar = (text: string): string => (/: | #|:$|["'\\]|\p{Cc}/u.test(text) ? JSON.stringify(text) : text)
