import type { ToolEntry, VersionProbe } from './catalogue/entry.ts'
import { run } from './exec.ts'

const PROBE_TIMEOUT_MS = 10_000

/** A port of loopback where nobody listens: some programs would ask their maker for news along with the version. */
const NOWHERE = 'http://127.0.0.1:9'
const SECLUDED = {
  KUBECONFIG: '/dev/null',
  HTTP_PROXY: NOWHERE,
  HTTPS_PROXY: NOWHERE,
  http_proxy: NOWHERE,
  https_proxy: NOWHERE,
  NO_PROXY: '',
  no_proxy: '',
}

type Parts = { readonly major: number; readonly minor: number }

const partsOf = (version: string): Parts | undefined => {
  const match = /^v?(\d+)\.(\d+)\.\d+$/.exec(version)
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined
}

/** With a leading `v`, as the catalogue writes versions. */
export const withV = (version: string): string => (version.startsWith('v') ? version : `v${version}`)

/** True when a program found on PATH may stand in for the wanted version. Only plain release versions qualify. */
export const isAcceptable = (options: { found: string; wanted: string; accept: VersionProbe['accept'] }): boolean => {
  if (options.accept === 'own-build') return false
  const found = partsOf(options.found)
  const wanted = partsOf(options.wanted)
  if (!found || !wanted || found.major !== wanted.major) return false
  const distance = Math.abs(found.minor - wanted.minor)
  return options.accept === 'same-minor' ? distance === 0 : distance <= 1
}

/**
 * Asks a program for its version: `version` when it answered in the way the upstream program does, else the reason.
 * The program sees no kubeconfig of the user and reaches no web server.
 */
export const probeVersion = async (options: {
  path: string
  entry: ToolEntry
  env: Readonly<Record<string, string | undefined>>
  signal?: AbortSignal
}): Promise<{ readonly version: string } | { readonly reason: string }> => {
  const { path, entry, env, signal } = options
  try {
    const { stdout, stderr, code } = await run({
      argv: [path, ...entry.probe.args],
      env: { ...env, ...SECLUDED },
      timeoutMs: PROBE_TIMEOUT_MS,
      ...(signal ? { signal } : {}),
    })
    const output = `${stdout}\n${stderr}`
    const match = entry.probe.pattern.exec(output)
    if (match && entry.probe.accept === 'own-build') return { version: entry.version }
    const version = match?.[1]
    if (version) return { version: withV(version) }
    const said = output.trim().split('\n')[0]?.slice(0, 80)
    return { reason: said ? `it says "${said}"` : `it printed nothing and ended with exit code ${code}` }
  } catch (error) {
    if (signal?.aborted) throw error
    return { reason: error instanceof Error ? error.message : String(error) }
  }
}
