import { run, which } from './exec.ts'

type Environment = Readonly<Record<string, string | undefined>>

export type Go = { readonly path: string; readonly version: string } // 1.26.8

/** The Go on PATH with its version, or undefined when there is none that answers. */
export const findGo = async (env: Environment, signal?: AbortSignal): Promise<Go | undefined> => {
  const path = await which('go', env.PATH)
  if (!path) return undefined
  try {
    const { stdout } = await run({
      argv: [path, 'env', 'GOVERSION'],
      env: goEnvironment(env),
      timeoutMs: 10_000,
      ...(signal ? { signal } : {}),
    })
    const version = /^go(\d+\.\d+(?:\.\d+)?)/.exec(stdout)?.[1]
    return version ? { path, version } : undefined
  } catch (error) {
    if (signal?.aborted) throw error
    return undefined
  }
}

/**
 * The environment of every `go` the lab runs: the user's own (proxy, caches) with the settings that decide what comes
 * out fixed. Settings stay the same from build to build, so that Go's build cache is hit.
 */
export const goEnvironment = (env: Environment): Environment => ({
  ...env,
  CGO_ENABLED: '0',
  GO111MODULE: 'on',
  GOFLAGS: '-buildvcs=false',
  GOOS: undefined,
  GOARCH: undefined,
  GOTOOLCHAIN: 'local',
  GOWORK: 'off',
})

/** True when Go `have` (1.26.8) can build what needs `need` (1.24). */
export const isNewEnough = (have: string, need: string): boolean => {
  const numbers = (version: string) => version.split('.').map(Number)
  const [a, b] = [numbers(have), numbers(need)]
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}
