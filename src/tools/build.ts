import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ToolError } from '../core/errors.ts'
import type { BuildRecipe, ModuleSet } from './catalogue/entry.ts'
import { type RunResult, runOk } from './exec.ts'
import { type Go, goEnvironment } from './go.ts'
import { writeModule } from './modules.ts'
import { diskError, WayFailed } from './way-failed.ts'

export type BuildProgress = {
  readonly detail: string
  readonly done?: number // packages
  readonly total?: number
  readonly line?: string
}

type Context = {
  readonly go: Go
  readonly env: Readonly<Record<string, string | undefined>>
  /** The module is made here. */
  readonly folder: string
  /** Named when the disk is full. */
  readonly cache: string
  readonly signal?: AbortSignal
  readonly onProgress: (progress: BuildProgress) => void
}

/** Where Go says what it does, e.g. `go: downloading k8s.io/api v0.34.3`; everything else is a package it compiles. */
const GO_SAYS = /^(go: |#|\s)/

const goCommand =
  (context: Context, { experiment }: ModuleSet) =>
  async (args: readonly string[], what: string, onLine?: (line: string) => void) => {
    const { go, env, folder, cache, signal } = context
    try {
      return await runOk({
        argv: [go.path, ...args],
        env: { ...goEnvironment(env), ...(experiment ? { GOEXPERIMENT: experiment } : {}) },
        cwd: folder,
        group: true,
        ...(signal ? { signal } : {}),
        ...(onLine ? { onLine } : {}),
        what: `Failed: ${what}`,
        next: 'Read the output of go; check that GOPROXY answers (`go env GOPROXY`), and try again.',
      })
    } catch (error) {
      if (!(error instanceof ToolError)) throw error
      const full = diskError(new Error(error.output), cache)
      if (full) throw full
      throw new WayFailed({ what: `${what} failed: ${errorLine(error.output) || error.message}`, cause: error })
    }
  }

const ERROR_LINES = 3

/** What Go says is wrong: the last lines of its output that are no progress, as one. */
const errorLine = (output: string): string => {
  const lines = output.split('\n').map((line) => line.trim())
  return lines
    .filter((line) => line && !/^go: (downloading|finding|found|extracting) /.test(line))
    .slice(-ERROR_LINES)
    .join(' ')
}

/** Makes the tools module in `context.folder`; the modules that Go fetches are shown line by line. */
export const prepareModule = async (set: ModuleSet, context: Context): Promise<void> => {
  const runGo = goCommand(context, set)
  await writeModule({
    set,
    folder: context.folder,
    runGo: (args, what): Promise<RunResult> =>
      runGo(args, what, (line) => context.onProgress({ detail: 'fetching Go modules', line })),
  })
}

/**
 * Builds one program in a prepared module and answers nothing; the program is at `to` afterwards. Progress counts
 * packages that Go's build cache does not hold. Throws WayFailed with Go's own words, or AbortError.
 */
export const buildProgram = async (recipe: BuildRecipe, to: string, context: Context): Promise<void> => {
  const runGo = goCommand(context, recipe.set)
  const detail = 'building from Go modules'
  context.onProgress({ detail })
  const flags = ['-trimpath', '-ldflags', recipe.ldflags]
  const stale = await runGo(
    ['list', '-deps', ...flags, '-f', '{{if .Stale}}{{.ImportPath}}{{end}}', recipe.package],
    `listing the packages of ${recipe.package}`,
  )
  const total = stale.stdout.split('\n').filter(Boolean).length
  let done = 0
  context.onProgress({ detail, done, total })
  await mkdir(join(to, '..'), { recursive: true })
  await runGo(['build', '-v', ...flags, '-o', to, recipe.package], `building ${recipe.package}`, (line) => {
    if (!GO_SAYS.test(line)) done = Math.min(done + 1, total)
    context.onProgress({ detail, done, total, line })
  })
}
