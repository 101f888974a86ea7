/** One real attempt to connect, from a Pod or from a node. */
import { UserError } from '../../core/errors.ts'
import type { ExecResult, NodeProbe } from '../../core/ports.ts'
import { cut } from '../findings.ts'

export type Target = { readonly address: string; readonly port: number; readonly protocol: 'TCP' | 'UDP' }
export type PodName = { readonly namespace: string; readonly pod: string }

/** refused: something answered that nobody listens there, or a filter that rejects said so. */
export type Outcome = 'open' | 'refused' | 'no answer'

/** Seconds to wait for an answer, and for the whole command: what is cut off by the second has connected. */
const ANSWER_S = 2
const WHOLE_S = 3
/** On top of that, for the way through API server and kubelet. */
const EXEC_MS = 12_000

/** `timeout` had to stop its command: exit codes of GNU's, and of busybox's. Silence all the way to the Pod is another matter. */
const wasStopped = ({ code, stderr }: ExecResult): boolean =>
  (code === 124 || code === 143) && !stderr.startsWith('no end within')

const spoken = ({ stdout, stderr }: ExecResult): string => `${stdout}\n${stderr}`.trim()

const couldNotTry = (where: string, result: ExecResult): UserError =>
  new UserError({
    what: `No connection could be tried from ${where}: ${cut(spoken(result) || `exit code ${result.code}`, 200)}.`,
    next: 'The container needs sh, timeout, nc and nslookup, as busybox has them.',
    exitCode: 3,
  })

/** busybox nc ends when the other side does; one that talks on is stopped, and has connected. */
const TCP = `timeout ${WHOLE_S} nc -w ${ANSWER_S} "$0" "$1" </dev/null`
/** Any answer will do, also that there is no such name. */
const DNS = `timeout ${WHOLE_S} nslookup -type=a kubernetes.default.svc.cluster.local "$0"`

const readTcp = (result: ExecResult): Outcome | undefined => {
  if (result.code === 0 || wasStopped(result)) return 'open'
  if (result.code !== 1) return undefined
  return /refused/i.test(spoken(result)) ? 'refused' : 'no answer'
}

const readDns = (result: ExecResult): Outcome | undefined => {
  if (result.code > 1 && !wasStopped(result)) return undefined
  const text = spoken(result)
  if (/refused/i.test(text) && !/server can't find/i.test(text)) return 'refused'
  return /no servers could be reached|timed out/i.test(text) || wasStopped(result) ? 'no answer' : 'open'
}

/** Throws UserError when the container cannot try. */
export const connectFromPod = async (
  nodes: NodeProbe,
  from: PodName,
  target: Target,
  signal?: AbortSignal,
): Promise<Outcome> => {
  const script = target.protocol === 'TCP' ? TCP : DNS
  const argv = ['sh', '-c', script, target.address, String(target.port)]
  const result = await nodes.execInPod(from, argv, { timeoutMs: EXEC_MS, ...(signal ? { signal } : {}) })
  const outcome = target.protocol === 'TCP' ? readTcp(result) : readDns(result)
  if (outcome === undefined) throw couldNotTry(`Pod ${from.namespace}/${from.pod}`, result)
  return outcome
}

/** A question for the root of all names, which every DNS server answers somehow. */
const DNS_QUESTION = String.raw`\x4b\x38\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01`

/** True if something listens: asked from the node itself, whose traffic to its own Pods no policy stops. */
export const listensForNode = async (
  nodes: NodeProbe,
  node: string,
  { address, port, protocol }: Target,
  signal?: AbortSignal,
): Promise<boolean> => {
  const script =
    protocol === 'TCP'
      ? 'exec 3<>"/dev/tcp/$0/$1"'
      : `exec 3<>"/dev/udp/$0/$1"; printf '${DNS_QUESTION}' >&3; test "$(head -c 2 <&3)" = K8`
  const argv = ['timeout', String(ANSWER_S), 'bash', '-c', script, address, String(port)]
  const { code } = await nodes.exec(node, argv, { timeoutMs: EXEC_MS, ...(signal ? { signal } : {}) })
  return code === 0
}
