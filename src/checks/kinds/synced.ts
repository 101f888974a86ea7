import { BugError } from '../../core/errors.ts'
import type { Finding } from '../../core/model.ts'
import type { CheckContext } from '../../core/ports.ts'
import { secondsOf } from '../duration.ts'
import { text, z } from '../fields.ts'
import { finding } from '../findings.ts'
import { defineKind } from '../kind.ts'
import { THROW_AWAY_NONCE } from '../throw-away.ts'
import { type SyncState, syncStateOf } from '../upstream/external-secret.ts'
import { describeSecretKey, kubernetesUpstream, readSecretKey } from '../upstream/kubernetes-secret.ts'
import { describeParameter, parameterUpstream } from '../upstream/parameter.ts'
import { rotate, tamper } from '../upstream/rotate.ts'
import type { Upstream } from '../upstream/upstream.ts'
import { describeVaultKey, vaultUpstream } from '../upstream/vault.ts'

const secretKey = z.strictObject({ namespace: text, name: text, key: text })

const schema = z.strictObject({
  from: z.union(
    [
      z.strictObject({ secret: secretKey }),
      z.strictObject({ vault: z.strictObject({ path: text, key: text }) }),
      z.strictObject({ parameter: text }),
    ],
    { error: 'expected {secret: {namespace, name, key}}, {vault: {path, key}} or {parameter: name}' },
  ),
  to: secretKey,
  within: text.refine((value) => secondsOf(value) !== undefined, 'expected a duration, like 25s'),
  tampered: z.literal(true).optional(),
})
type Fields = z.infer<typeof schema>

/** What reading and writing may take on top of the waiting. */
const SPARE_MS = 15_000

const withinMs = (fields: Fields): number => (secondsOf(fields.within) ?? 0) * 1000

const upstreamOf = ({ from }: Fields, { probe }: CheckContext): Upstream => {
  if ('vault' in from) return vaultUpstream(probe, from.vault)
  return 'parameter' in from ? parameterUpstream(probe, from.parameter) : kubernetesUpstream(probe, from.secret)
}

const upstreamName = ({ from }: Fields): string => {
  if ('vault' in from) return describeVaultKey(from.vault)
  return 'parameter' in from ? describeParameter(from.parameter) : describeSecretKey(from.secret)
}

const expected = (fields: Fields): string =>
  `${describeSecretKey(fields.to)} holds a new value of ${upstreamName(fields)} within ${fields.within}` +
  (fields.tampered ? ', and has it again after somebody wrote over it' : '')

const NOTHING: SyncState = { name: '', refreshInterval: '', refreshPolicy: '', reason: '', message: '' }

type Problem = '' | 'no-upstream' | 'no-target' | 'never' | 'not-restored'

/** Seconds of a duration as the operator writes it, `1h0m0s`. */
const seconds = (duration: string): number =>
  [...duration.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * ({ h: 3600, m: 60, s: 1 }[unit ?? ''] ?? 0.001),
    0,
  )

/** Why the operator will not look at the original in time, by its own object; nobody has to wait to see that. */
const idle = ({ name, refreshInterval, refreshPolicy }: SyncState, fields: Fields): string | undefined => {
  if (name === '') return undefined
  if (refreshPolicy !== '' && refreshPolicy !== 'Periodic') return `its refreshPolicy is ${refreshPolicy}`
  const interval = seconds(refreshInterval)
  if (refreshInterval !== '' && (interval === 0 || interval * 1000 > withinMs(fields))) {
    return `its refreshInterval is ${refreshInterval}`
  }
  return undefined
}

/** Who has to do something before the copy follows. An ExternalSecret that is not there, or idle, is the learner's. */
const awaits = (fields: Fields, finding: Finding): readonly string[] => {
  const upstream = 'vault' in fields.from ? ['vault'] : 'parameter' in fields.from ? ['parameter-store'] : []
  if (finding.kind === 'unknown') return ['external-secrets', ...upstream]
  const { problem, managed } = finding.data
  if (problem === 'no-upstream') return upstream
  const isIdle = idle(finding.data as unknown as SyncState, fields) !== undefined
  return managed === true && !isIdle ? ['external-secrets', ...upstream] : []
}

/** The operator's own words about the copy, for a reader. */
const saying = ({ name, reason, message }: SyncState): string => {
  if (name === '') return 'no ExternalSecret makes it'
  if (reason === '') return `ExternalSecret ${name} has no status yet`
  return `ExternalSecret ${name} says ${reason}: ${message}`
}

const run = async (fields: Fields, context: CheckContext): Promise<Finding> => {
  const { probe, signal, bindings } = context
  const nonce = bindings.nonce[THROW_AWAY_NONCE]
  if (nonce === undefined) throw new BugError('the grader gave no value for this rotation')
  const upstream = upstreamOf(fields, context)
  const [before, held, sync] = await Promise.all([
    upstream.read(signal),
    readSecretKey(probe, fields.to, signal),
    syncStateOf(fields.to, context),
  ])
  const state = sync ?? NOTHING
  const judge = (problem: Problem, found: string, after = 0): Finding =>
    finding({
      met: problem === '',
      expected: expected(fields),
      found,
      summary: problem === '' ? `after ${after.toFixed(1)} s` : problem.replaceAll('-', ' '),
      data: { problem, seconds: after, managed: sync !== undefined, ...state },
    })
  if (before === undefined) return judge('no-upstream', `${upstream.name} does not exist`)
  if (held === undefined) return judge('no-target', `${describeSecretKey(fields.to)} does not exist; ${saying(state)}`)

  const never = idle(state, fields)
  if (never !== undefined) return judge('never', `ExternalSecret ${state.name} will not look in time: ${never}`)
  const rotation = { upstream, target: fields.to, before, nonce, withinMs: withinMs(fields) }
  const took = await rotate(rotation, context)
  if (took === undefined) {
    return judge('never', `${fields.within} later it still held ${describeHeld(held, before)}; ${saying(state)}`)
  }
  const followed = `it held the new value ${took.toFixed(1)} s later`
  if (!fields.tampered) return judge('', followed, took)
  const again = await tamper({ ...rotation, nonce: `tampered-${nonce}` }, context)
  return again === undefined
    ? judge('not-restored', `${followed}, but what was written over it stayed for ${fields.within}`, took)
    : judge('', `${followed}, and was right again ${again.toFixed(1)} s after the grader wrote over it`, took)
}

const describeHeld = (held: string, before: string): string => (held === before ? 'the old value' : 'another value')

/** An upstream value is rotated, and the copy in the cluster has to follow. */
export const synced = defineKind<Fields>({
  kind: 'synced',
  schema,
  lagMs: 0,
  heavy: true,
  deadlineMs: (fields) => withinMs(fields) * (fields.tampered ? 3 : 1) + SPARE_MS,
  // Not the ExternalSecret: its status changes with every refresh, and each look rotates the value once more.
  watches: (fields) => [
    { kind: 'poll' },
    {
      kind: 'objects',
      apiVersion: 'external-secrets.io/v1',
      object: 'SecretStore',
      namespace: fields.to.namespace,
    },
  ],
  run,
  expected,
  awaits,
  reproduce: ({ to }) =>
    `kubectl get secret ${to.name} -n ${to.namespace} -o jsonpath='{.data.${to.key.replaceAll('.', '\\.')}}' | base64 -d`,
})
