import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { toolCache } from './tool-cache.ts'

export const CLI = resolve(import.meta.dirname, '../../dist/cli.js')

export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

export type LabHome = {
  readonly home: string
  /** A HOME of its own too, so that nothing of the person who runs the tests is in reach. */
  readonly user: string
  readonly env: Readonly<Record<string, string>>
  /** Runs the built program; never throws for a bad exit code. */
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Ran>
  /** Runs any program with the environment that `k8s-sec-lab shell` would give. */
  readonly kubectl: (args: readonly string[], options?: RunOptions) => Promise<Ran>
  /** Takes the cluster down and removes the folders. */
  readonly remove: () => Promise<void>
}

type RunOptions = { readonly env?: Readonly<Record<string, string>>; readonly input?: string; readonly cwd?: string }

/** Runs a program to its end, without a terminal. */
export const runProgram = (
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  options: RunOptions = {},
): Promise<Ran> =>
  new Promise((done, fail) => {
    const child = spawn(argv[0] ?? '', argv.slice(1), {
      env: { ...env, ...options.env },
      cwd: options.cwd,
      stdio: 'pipe',
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    child.on('error', fail)
    child.on('close', (code) => done({ code, stdout, stderr }))
    child.stdin.end(options.input ?? '')
  })

/** A fresh home for the lab; tools come from the cache that all tests share. */
export const labHome = (options: { home?: string; env?: Readonly<Record<string, string>> } = {}): LabHome => {
  const root = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-test-'))
  const home = options.home ?? join(root, 'lab')
  const user = join(root, 'user')
  mkdirSync(user)
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HOME: user,
    LANG: 'C.UTF-8',
    K8S_SEC_LAB_HOME: home,
    K8S_SEC_LAB_CACHE: toolCache(),
    K8S_SEC_LAB_TOOL_SOURCES: process.env.K8S_SEC_LAB_TOOL_SOURCES ?? 'cache,build',
    K8S_SEC_LAB_BACKEND: 'embedded',
    NO_MOTION: '1',
    ...options.env,
  }
  const run: LabHome['run'] = (args, runOptions) => runProgram([process.execPath, CLI, ...args], env, runOptions)
  return {
    home,
    user,
    env,
    run,
    kubectl: (args, runOptions) =>
      runProgram(
        [join(home, 'bin', 'kubectl'), ...args],
        { ...env, KUBECONFIG: join(home, 'cluster', 'kubeconfig') },
        runOptions,
      ),
    remove: async () => {
      await run(['cluster', 'down'])
      rmSync(root, { recursive: true, force: true })
    },
  }
}
