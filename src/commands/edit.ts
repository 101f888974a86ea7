import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../core/errors.ts'
import type { Cluster } from '../core/ports.ts'
import { outcomeText } from './cluster.ts'

/** Where the new text of a file comes from, and where words about it go. */
export type Editing = {
  readonly from?: string
  readonly print?: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** Runs a program in the foreground, to its end; answers its exit code and throws UserError when it cannot start. */
  readonly run: (argv: readonly string[]) => Promise<number>
  readonly readStdin?: () => Promise<string>
  readonly write: (text: string) => void
  readonly signal?: AbortSignal
}

/** The text as somebody wants it: from a file, from stdin, or out of the editor. `copy` names what is opened there. */
export const newText = (options: Editing & { readonly copy: string }, before: string): Promise<string> =>
  options.from === undefined ? inEditor(options, before) : given(options.from, options.readStdin)

/**
 * `edit <file>` for a control-plane file: a copy is opened in the editor, written back in one piece when it was
 * changed, and what becomes of it is told. `from` takes the new text from a file or from stdin (`-`) instead, `print`
 * only shows the file. 0 when it is in effect or will be, 3 when the component refuses it.
 */
export const editControlPlaneFile = async (
  options: Editing & { readonly cluster: Cluster; readonly name: string },
): Promise<0 | 3> => {
  const { cluster, name, write, signal } = options
  const before = await cluster.readFile(name)
  if (options.print) {
    write(before)
    return 0
  }
  const copy = name.endsWith('.yaml') ? name : `${name}.yaml`
  const after = await newText({ ...options, copy }, before)
  const outcome = await cluster.writeFile(name, after, { signal })
  const { text, code } = outcomeText(name, outcome)
  write(`${text}\n`)
  return code
}

const given = async (from: string, readStdin?: () => Promise<string>): Promise<string> => {
  if (from === '-') {
    if (readStdin) return readStdin()
    throw new UserError({ what: 'There is nothing to read on standard input.', next: 'Name a file: --from FILE.' })
  }
  try {
    return await readFile(from, 'utf8')
  } catch (cause) {
    throw new UserError({ what: `${from} cannot be read.`, next: 'Name a text file that exists: --from FILE.', cause })
  }
}

const inEditor = async (
  options: {
    readonly copy: string
    readonly env: Readonly<Record<string, string | undefined>>
    readonly run: (argv: readonly string[]) => Promise<number>
  },
  text: string,
): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'k8s-sec-lab-edit-'))
  try {
    // Under its own name, so that the editor knows the language and the person sees what is open.
    const copy = join(folder, options.copy)
    await writeFile(copy, text, { mode: 0o600 })
    await runEditor(options, copy)
    return await readFile(copy, 'utf8')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The editors to try in turn. EDITOR and VISUAL may carry arguments, as in `code --wait`. */
export const editorsOf = (env: Readonly<Record<string, string | undefined>>): readonly (readonly string[])[] => {
  const named = [env.EDITOR, env.VISUAL]
    .map((value) => (value ?? '').trim().split(/\s+/))
    .filter((words) => words[0] !== '')
  return [...named, ['vi'], ['nano']]
}

const runEditor = async (
  options: {
    readonly env: Readonly<Record<string, string | undefined>>
    readonly run: (argv: readonly string[]) => Promise<number>
  },
  file: string,
): Promise<void> => {
  const editors = editorsOf(options.env)
  for (const editor of editors) {
    let code: number
    try {
      code = await options.run([...editor, file])
    } catch (error) {
      if (error instanceof UserError) continue // not installed: the next one
      throw error
    }
    if (code === 0) return
    throw new UserError({
      what: `${editor[0]} ended with exit code ${code}; the file was left as it was.`,
      next: 'Save and leave the editor normally, or set EDITOR to another one.',
    })
  }
  throw new UserError({
    what: `No editor could be started; tried ${editors.map(([program]) => program).join(', ')}.`,
    next: 'Set EDITOR to a program that is installed, or give the new text with --from FILE.',
    exitCode: 3,
  })
}
