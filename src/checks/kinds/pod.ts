import { list, type Manifest, read } from '../../core/api/objects.ts'
import type { Finding, Json } from '../../core/model.ts'
import type { CheckContext, ExecResult, NodeProbe } from '../../core/ports.ts'
import { commandFields, commandLine, expectedOf, resultData, rightWith, timeoutOf, wrongWith } from '../command.ts'
import { text, z } from '../fields.ts'
import { cut, finding, listed, unknown } from '../findings.ts'
import { defineKind } from '../kind.ts'
import { NO_NODES } from '../no-nodes.ts'
import { containerOf, type PodState, phaseOf, podState } from '../pod-state.ts'
import { isThrowAway } from '../throw-away.ts'

const schema = z
  .strictObject({
    namespace: text,
    name: text.optional(),
    selector: text.optional(),
    container: text.optional(),
    ...commandFields,
  })
  .refine((fields) => fields.name === undefined || fields.selector === undefined, {
    error: 'expected either name or selector',
  })
type Fields = z.infer<typeof schema>

/** How long Pods that this check was given may take until their containers run. */
const START_MS = 14_000

const subjectOf = ({ namespace, name, selector }: Fields): string =>
  name === undefined
    ? `every running Pod in ${namespace}${selector === undefined ? '' : ` with ${selector}`}`
    : `Pod ${namespace}/${name}`

const expected = (fields: Fields): string =>
  `in ${subjectOf(fields)}${fields.container === undefined ? '' : `, container ${fields.container}`}: ${expectedOf(fields)}`

/** Made for this very run of the check: by its label, or because only this run knows the name. */
const ownNonces = ({ bindings }: CheckContext): readonly string[] =>
  Object.values(bindings.nonce).filter((value) => value !== '')

const isOwn = (pod: Manifest, nonces: readonly string[]): boolean => {
  const meta = JSON.stringify([pod.metadata?.name, pod.metadata?.namespace, pod.metadata?.labels])
  return nonces.some((nonce) => meta.includes(nonce))
}

const podsOf = async (fields: Fields, context: CheckContext): Promise<readonly Manifest[]> => {
  const { probe, signal } = context
  const { namespace, name, selector } = fields
  const type = { apiVersion: 'v1', kind: 'Pod', namespace }
  if (name !== undefined) {
    const found = await read(probe, { ...type, name }, { signal })
    return found ? [found] : []
  }
  const nonces = ownNonces(context)
  const all = await list(probe, type, { signal, ...(selector === undefined ? {} : { labelSelector: selector }) })
  // The throw-away Pods of other checks are none of ours.
  return all.filter((pod) => !isThrowAway(pod) || isOwn(pod, nonces))
}

/** Looks again while Pods that were made for this check are still coming up; others are seen as they are. */
const settledPods = async (fields: Fields, context: CheckContext): Promise<readonly Manifest[]> => {
  const { clock, signal } = context
  const nonces = ownNonces(context)
  const expects = [fields.namespace, fields.name, fields.selector].some((part) =>
    nonces.some((nonce) => part?.includes(nonce)),
  )
  const end = clock.now() + START_MS
  for (;;) {
    const pods = await podsOf(fields, context)
    const coming = pods.some((pod) => isOwn(pod, nonces) && podState(pod, fields.container).kind === 'coming')
    if (!(coming || (expects && pods.length === 0)) || clock.now() >= end) return pods
    await clock.sleep(150, signal)
  }
}

type Looked = {
  readonly pod: Manifest
  readonly state: PodState
  readonly result?: ExecResult
  readonly problem?: string
}

const look = async (
  pod: Manifest,
  nodes: NodeProbe,
  { fields, context }: { readonly fields: Fields; readonly context: CheckContext },
): Promise<Looked> => {
  const state = podState(pod, fields.container)
  const name = pod.metadata?.name ?? ''
  if (state.kind === 'no-container') {
    return { pod, state, problem: `it has no container ${fields.container}, only ${listed(state.names)}` }
  }
  if (state.kind === 'coming' || state.kind === 'stuck') {
    const said = state.message === '' ? '' : `: ${cut(state.message, 400)}`
    return { pod, state, problem: `its container does not run: ${state.reason}${said}` }
  }
  if (state.kind === 'over') return { pod, state, problem: `it does not run (${phaseOf(pod)})` }
  const target = { namespace: fields.namespace, pod: name, container: containerOf(pod, fields.container) ?? '' }
  const result = await nodes.execInPod(target, fields.run, { timeoutMs: timeoutOf(fields), signal: context.signal })
  const problem = wrongWith(fields, result)
  return { pod, state, result, ...(problem === undefined ? {} : { problem }) }
}

const podData = ({ pod, state, result }: Looked): { readonly [key: string]: Json } => ({
  name: pod.metadata?.name ?? '',
  node: (pod as { spec?: { nodeName?: string } }).spec?.nodeName ?? '',
  phase: phaseOf(pod),
  ...(result ? resultData(result) : { code: -1, stdout: '', stderr: '' }),
  waiting: 'reason' in state ? state.reason : '',
  waitingMessage: 'message' in state ? cut(state.message, 1000) : '',
})

const missingText = async (fields: Fields, { probe, signal }: CheckContext): Promise<string> => {
  const all = await list(probe, { apiVersion: 'v1', kind: 'Pod', namespace: fields.namespace }, { signal })
  const names = all.filter((pod) => !isThrowAway(pod)).map((pod) => pod.metadata?.name ?? '')
  const others = names.length === 0 ? `there is no Pod in ${fields.namespace}` : `there is: ${listed(names)}`
  return `no ${fields.name === undefined ? subjectOf(fields).replace('every ', '') : subjectOf(fields)}; ${others}`
}

const run = async (fields: Fields, context: CheckContext): Promise<Finding> => {
  const { nodes } = context.probe
  if (!nodes) return NO_NODES
  const want = expected(fields)
  const pods = await settledPods(fields, context)
  // Pods that ended or are being removed count only when they are asked for by name.
  const alive = pods.filter((pod) => fields.name !== undefined || podState(pod, fields.container).kind !== 'over')
  if (alive.length === 0) {
    const data = { pods: [], wrong: [], missing: true, text: '', waiting: '', waitingMessage: '' }
    return finding({ met: false, expected: want, found: await missingText(fields, context), summary: 'missing', data })
  }
  const nonces = ownNonces(context)
  const late = alive.find((pod) => isOwn(pod, nonces) && podState(pod, fields.container).kind === 'coming')
  if (late) {
    const state = podState(late, fields.container)
    const why = 'reason' in state ? `${state.reason}${state.message === '' ? '' : `: ${state.message}`}` : ''
    return unknown(`the check's own Pod did not start within ${START_MS / 1000} seconds (${cut(why, 300)})`)
  }
  const looked = await Promise.all(alive.map((pod) => look(pod, nodes, { fields, context })))
  const wrong = looked.filter(({ problem }) => problem !== undefined)
  const shown = wrong[0] ?? looked[0]
  const waiting = wrong.map(podData).find((one) => one.waiting !== '')
  const said = (wrong.length > 0 ? wrong : looked).map(({ pod, result, problem }) => {
    const what = problem ?? (result ? rightWith(fields, result) : '')
    return `Pod ${fields.namespace}/${pod.metadata?.name}: ${what}`
  })
  return finding({
    met: wrong.length === 0,
    expected: want,
    found: cut(said.slice(0, 3).join(' · '), 1200),
    summary: shown?.result ? (shown.result.code === 0 ? 'ran' : `exit code ${shown.result.code}`) : 'does not run',
    data: {
      pods: looked.map(podData),
      wrong: wrong.map(({ pod }) => pod.metadata?.name ?? ''),
      missing: false,
      text: cut(shown?.result?.stdout ?? '', 4000),
      waiting: waiting?.waiting ?? '',
      waitingMessage: waiting?.waitingMessage ?? '',
    },
  })
}

/** A command in containers, as `kubectl exec` runs it. Lessons use it to look, never to change anything. */
export const pod = defineKind<Fields>({
  kind: 'pod',
  schema,
  lagMs: 0,
  watches: ({ namespace }) => [{ kind: 'objects', apiVersion: 'v1', object: 'Pod', namespace }, { kind: 'poll' }],
  run,
  expected,
  reproduce: (fields, bindings) => {
    const { namespace, name, selector, container } = fields
    // A Pod of the check itself is gone by the time that anybody reads this.
    if (Object.values(bindings.nonce).some((nonce) => [namespace, name].some((part) => part?.includes(nonce)))) {
      return undefined
    }
    if (name === undefined) {
      return `kubectl get pods -n ${namespace}${selector === undefined ? '' : ` -l '${selector}'`} -o wide`
    }
    const which = container === undefined ? '' : ` -c ${container}`
    return `kubectl exec -n ${namespace} ${name}${which} -- ${commandLine(fields)}`
  },
})
