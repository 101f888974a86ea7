import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'

export type ShellStart = { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> }

/**
 * How to start the learner's own shell so that its prompt says where one is and PATH keeps the lab's tools in front,
 * also after the learner's own start-up files have run. Knows bash, zsh and fish; any other gets PS1 alone.
 * `folder`: where start-up files may be written; `mark`: what stands before the prompt.
 */
export const shellStart = async (options: {
  readonly shell: string
  readonly folder: string
  readonly mark: string
  readonly path: string
  readonly home: string
  readonly zdotdir?: string
}): Promise<ShellStart> => {
  const { shell, folder, mark, path, home } = options
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const quoted = `'${path.replaceAll("'", `'\\''`)}'`
  switch (basename(shell)) {
    case 'bash': {
      const file = join(folder, 'bashrc')
      await writeFile(file, `[ -r ~/.bashrc ] && . ~/.bashrc\nexport PATH=${quoted}\nPS1="${mark} \${PS1:-$ }"\n`)
      return { argv: [shell, '--rcfile', file, '-i'], env: {} }
    }
    case 'zsh': {
      const own = options.zdotdir ?? home
      const back = `ZDOTDIR='${own.replaceAll("'", `'\\''`)}'`
      await writeFile(join(folder, '.zshenv'), `[ -r ${own}/.zshenv ] && . ${own}/.zshenv\nZDOTDIR=${folder}\n`)
      await writeFile(
        join(folder, '.zshrc'),
        `${back}\n[ -r $ZDOTDIR/.zshrc ] && . $ZDOTDIR/.zshrc\nexport PATH=${quoted}\nPROMPT="${mark} $PROMPT"\n`,
      )
      return { argv: [shell, '-i'], env: { ZDOTDIR: folder } }
    }
    case 'fish': {
      const prompt = `functions -c fish_prompt lab_prompt; function fish_prompt; echo -n '${mark} '; lab_prompt; end`
      return { argv: [shell, '-C', `set -gx PATH (string split : ${quoted}); ${prompt}`, '-i'], env: {} }
    }
    default:
      return { argv: [shell], env: { PS1: `${mark} $ ` } }
  }
}
