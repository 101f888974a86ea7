/** What the controller of Sealed Secrets has made of a SealedSecret, and what its refusals mean. */
import { type Manifest, read } from '../core/api/objects.ts'
import type { CheckContext } from '../core/ports.ts'
import { field, listOf, textOf } from './yaml.ts'

export type Condition = { readonly status: string; readonly message: string }

/** The condition Synced, in the controller's own words. */
export const conditionOf = (manifest: Manifest): Condition | undefined => {
  const found = listOf(field(manifest.status, 'conditions')).find((each) => field(each, 'type') === 'Synced')
  if (found === undefined) return undefined
  return { status: textOf(field(found, 'status')) ?? '', message: textOf(field(found, 'message')) ?? '' }
}

type Problem = { readonly problem: string; readonly found: string; readonly why?: string }

/** A problem with the controller's own words put to it, where it has said something. */
export const explainRefusal = (problem: Problem, condition: Condition | undefined): Problem =>
  condition === undefined || condition.status === 'True'
    ? problem
    : { ...problem, found: `${problem.found}; the controller says: ${condition.message}` }

/** Why there is no Secret of that SealedSecret with the right value yet; undefined when there is. */
export const unsealedProblem = async (
  sealed: Manifest,
  wanted: {
    readonly namespace: string
    readonly name: string
    readonly key: string
    readonly value?: string | undefined
    readonly 'not-value'?: string | undefined
  },
  { probe, signal }: CheckContext,
): Promise<Problem | undefined> => {
  const { namespace, name, key, value } = wanted
  const secret = await read(probe, { apiVersion: 'v1', kind: 'Secret', namespace, name }, { signal })
  const owners = listOf(field(secret?.metadata, 'ownerReferences'))
  const isItsOwn = owners.some((owner) => field(owner, 'uid') === sealed.metadata?.uid)
  const condition = conditionOf(sealed)
  const says = condition && condition.status !== 'True' ? `; the controller says: ${condition.message}` : ''
  if (secret && !isItsOwn) {
    const found = `Secret ${namespace}/${name} was not made by the controller: the SealedSecret is not its owner${says}`
    return { problem: 'unmanaged', found }
  }
  if (!secret) return { problem: 'not-unsealed', found: `there is no Secret ${namespace}/${name}${says}` }
  if (condition?.status !== 'True') return { problem: 'not-synced', found: `it is not synced${says}` }
  const held = Buffer.from(textOf(field(secret.data, key)) ?? '', 'base64')
  const old = wanted['not-value']
  if (old !== undefined && held.toString('utf8').trim() === old.trim()) {
    return { problem: 'old-value', found: `Secret ${namespace}/${name} still holds the old value under ${key}` }
  }
  if (value === undefined || held.equals(Buffer.from(value, 'utf8'))) return undefined
  return { problem: 'different', found: `Secret ${namespace}/${name} holds another value under ${key}` }
}
