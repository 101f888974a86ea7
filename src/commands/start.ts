import { createLab } from '../app/lab.ts'
import type { Lab } from '../core/state.ts'
import type { CommandContext } from './context.ts'
import { type ExitCode, type Io, wantsPlain } from './io.ts'

/** `start [lesson]`: the lab, as screens or as lines. Without anybody to type it ends once the lesson stands there. */
export const start = async (context: CommandContext, _: object, args: readonly string[]): Promise<ExitCode> => {
  const { io, options, services } = context
  // A name that no lesson has is told before anything is brought up.
  const wanted = args[0] === undefined ? undefined : (await (await services.lessons()).find(args[0])).id
  const unlock = await services.lock()
  const lab = createLab({
    services,
    foreground: {
      shell: async () => {
        const { runShell } = await import('./shell.ts')
        await runShell(context)
        return {}
      },
      edit: async ({ file }) => {
        let note = ''
        const keep = (text: string): void => {
          note += text
        }
        const told = { ...context, io: { ...io, out: keep } }
        const { editFile } = await import('./edit-file.ts')
        await editFile(told, {}, file === undefined ? [] : [file])
        return note.trim() === '' ? {} : { note: note.trim() }
      },
    },
    ...(wanted === undefined ? {} : { wanted }),
  })
  try {
    if (io.tty && !wantsPlain(io, options)) {
      return await startTui(context, lab, io.tty)
    }
    return await startPlain(context, lab)
  } finally {
    await lab.close()
    await unlock()
  }
}

const startTui = async (context: CommandContext, lab: Lab, tty: NonNullable<Io['tty']>): Promise<ExitCode> => {
  const { env, signal: cancelled } = context.io
  const { stdin, stdout, first } = tty
  const { mountTui } = await import('../tui/mount.tsx')
  if (cancelled.aborted) return 130
  const { signal } = await mountTui({ lab, stdin, stdout, env, ...(first ? { terminal: first.take() } : {}) })
  return signal === undefined ? 0 : 130
}

const startPlain = async (context: CommandContext, lab: Lab): Promise<ExitCode> => {
  const { io, options } = context
  const { runPlain } = await import('../text/plain.ts')
  const typing = io.stdinIsTty || options.plain
  const { typedLines } = await import('./typed-lines.ts')
  const end = await runPlain({
    lab,
    write: io.out,
    width: io.columns,
    signal: io.signal,
    ...(typing ? { input: typedLines(io) } : {}),
    patient: !io.stdinIsTty,
  })
  if (end === 'failed') return 3
  if (end === 'ready') {
    const [{ wrap }, { HOW_TO_GO_ON }] = await Promise.all([import('../text/wrap.ts'), import('./begin.ts')])
    const files = lab.state().current?.workspace
    const lines = [...(files ? wrap(`Your files: ${files}`, { width: io.columns() }) : []), ...HOW_TO_GO_ON]
    io.out(`\n${lines.join('\n')}\n`)
  }
  return 0
}
