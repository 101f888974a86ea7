/** One HTTP request to a node's kubelet, made on that node with curl. */
import { UserError } from '../core/errors.ts'
import type { NodeProbe } from '../core/ports.ts'

export type KubeletRequest = {
  readonly scheme: 'https' | 'http'
  readonly port: number
  readonly path: string
  readonly method: 'GET' | 'POST'
  /** Body of a POST, as a web form sends it. */
  readonly form?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly token?: string | undefined
}

export type KubeletReply = {
  /** 0 when there was no answer; `problem` says why. */
  readonly status: number
  readonly body: string
  readonly problem: string
}

const ANSWER_SECONDS = 8
/** Bodies can be large (every Pod of the node), and only their beginning is looked at. */
const BODY_BYTES = 1_000_000

export const urlOf = ({ scheme, port, path }: Pick<KubeletRequest, 'scheme' | 'port' | 'path'>, host: string): string =>
  `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}${path}`

/** A word in curl's configuration format. */
const word = (value: string): string => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`

/**
 * Asks, and answers what came back. The whole request goes through curl's standard input: a token never shows in the
 * list of processes, and no configuration file of the node (`-q`) and no proxy changes what is asked.
 */
export const askKubelet = async (
  nodes: NodeProbe,
  node: { readonly name: string; readonly address: string },
  request: KubeletRequest,
  signal: AbortSignal,
): Promise<KubeletReply> => {
  const url = urlOf(request, node.address)
  const config = [
    `url = ${word(url)}`,
    `request = ${word(request.method)}`,
    ...(request.form === undefined ? [] : [`data = ${word(request.form)}`]),
    ...Object.entries(request.headers ?? {}).map(([name, value]) => `header = ${word(`${name}: ${value}`)}`),
    // A connection is upgraded to a WebSocket in HTTP 1.1 only.
    'http1.1',
    ...(request.token === undefined ? [] : [`header = ${word(`Authorization: Bearer ${request.token}`)}`]),
    // The kubelet signs its certificate itself: it is the address that is asked for, not a name.
    'insecure',
    'silent',
    'noproxy = "*"',
    'globoff',
    'path-as-is',
    `max-time = ${ANSWER_SECONDS}`,
    `write-out = ${word('\\n%{http_code} %{errormsg}')}`,
  ]
  const { code, stdout, stderr } = await nodes.exec(node.name, ['curl', '-q', '--config', '-'], {
    stdin: `${config.join('\n')}\n`,
    timeoutMs: (ANSWER_SECONDS + 4) * 1000,
    signal,
  })
  const end = stdout.lastIndexOf('\n')
  const [, status, words = ''] = /^(\d{3}) ?(.*)$/.exec(stdout.slice(end + 1).trim()) ?? []
  if (status === undefined) {
    const why = code === 124 ? 'it took too long' : stderr.trim() === '' ? `exit code ${code}` : stderr.trim()
    throw new UserError({
      what: `curl on ${node.name} did not say what came back: ${why}`,
      next: 'See for yourself with `k8s-sec-lab node -- curl --version`.',
      exitCode: 3,
    })
  }
  // Exit code of curl: time is up. A kubelet that is too busy, or a filter that swallows packets: nobody knows.
  if (code === 28) {
    throw new UserError({
      what: `There was no answer from ${new URL(url).host} within ${ANSWER_SECONDS} seconds.`,
      next: 'See what listens there with `k8s-sec-lab node -- ss -tlnp`.',
      exitCode: 3,
    })
  }
  return {
    status: Number(status),
    body: stdout.slice(0, Math.max(0, end)).slice(0, BODY_BYTES),
    problem: status === '000' ? noAnswer(url, code, words) : '',
  }
}

const noAnswer = (url: string, code: number, words: string): string => {
  const { host } = new URL(url)
  // Exit code of curl: it could not connect.
  if (code === 7) return `nothing listens at ${host} (connection refused)`
  return `no answer from ${host}: ${words === '' ? `curl ended with ${code}` : words}`
}
