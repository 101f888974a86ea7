import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { isAbort, messageOf, ToolError } from '../core/errors.ts'
import type { Scripts } from '../core/ports.ts'
import { run, which } from './exec.ts'
import { inTurn } from './in-turn.ts'

const OUTPUT_KEPT = 4_000
/** Scanners take a whole core each; more of them at once only make every one of them late. */
const AT_ONCE = 2

const turn = inTurn(AT_ONCE)

/** Stands before a program on PATH, notes how it was called, and becomes it. */
const recorder = (tool: string, program: string, log: string): string =>
  `#!/bin/sh\nprintf '%s\\t%s\\n' '${tool}' "$(printf '%s ' "$@" | tr '\\n\\t' '  ')" >>'${log}'\nexec '${program}' "$@"\n`

const callsIn = (log: string): readonly { readonly tool: string; readonly args: string }[] =>
  log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [tool = '', args = ''] = line.split('\t')
      return { tool, args: args.trim() }
    })

/** Scripts with the environment `env`, that of the learner's shell. Each runs in a folder of its own below the system's temporary one. */
export const createScripts = (options: { readonly env: () => Promise<Readonly<Record<string, string>>> }): Scripts => ({
  run: async ({ files, argv, env: extra = {}, record = [], timeoutMs, signal }, judge) => {
    const outer = await options.env()
    const folder = await mkdtemp(join(tmpdir(), 'k8s-sec-lab-script-'))
    const [work, bin, log] = [join(folder, 'work'), join(folder, 'bin'), join(folder, 'calls')]
    try {
      await Promise.all([mkdir(work), mkdir(bin)])
      for (const { path, content, mode } of files) {
        const place = join(work, path)
        await mkdir(dirname(place), { recursive: true })
        await writeFile(place, content, { mode: mode ?? 0o644 })
      }
      for (const tool of record) {
        const program = await which(tool, outer.PATH)
        if (program === undefined) continue
        await writeFile(join(bin, tool), recorder(tool, program, log))
        await chmod(join(bin, tool), 0o755)
      }
      const lines: string[] = []
      const env = { ...outer, ...extra, PATH: [bin, outer.PATH].join(delimiter), TMPDIR: folder }
      const start = () =>
        run({ argv, cwd: work, env, timeoutMs, signal, group: true, onLine: (line) => void lines.push(line) })
      // Its time counts from when it is its turn.
      const code = await turn(start).then(
        (result) => result.code,
        (error) => {
          if (isAbort(error) || !(error instanceof ToolError)) throw error
          lines.push(messageOf(error))
          return -1
        },
      )
      const text = (path: string) => readFile(path, 'utf8').catch(() => undefined)
      return await judge({
        code,
        output: lines.join('\n').slice(-OUTPUT_KEPT),
        calls: callsIn((await text(log)) ?? ''),
        read: (path) => text(join(work, path)),
      })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
})
