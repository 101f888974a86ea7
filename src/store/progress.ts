import { readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../core/errors.ts'
import type { Progress } from '../core/model.ts'
import type { ProgressStore } from '../core/ports.ts'
import { mergeProgress } from '../core/progress.ts'
import { codeOf, storageError, writeAtomic } from './atomic.ts'
import { CorruptFileError, parseAttempt, parseProgress, progressText } from './progress-file.ts'

const EMPTY: Progress = { version: 1, lessons: {} }

/** The text of a file, undefined when there is none. Throws UserError when it cannot be read. */
const readText = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    if (codeOf(error) === 'EACCES' || codeOf(error) === 'EISDIR') {
      throw new UserError({
        what: `Cannot read ${path}: ${codeOf(error) === 'EACCES' ? 'permission is denied' : 'it is a folder'}`,
        next: 'Give yourself access to it, or set K8S_SEC_LAB_HOME to another folder.',
        exitCode: 3,
        cause: error,
      })
    }
    throw error
  }
}

/** Moves a file that cannot be understood out of the way, under a name that no earlier one has. Answers that name. */
const keepAside = async (path: string): Promise<string> => {
  for (let index = 1; ; index += 1) {
    const kept = index === 1 ? `${path}.corrupt` : `${path}.corrupt-${index}`
    if ((await readText(kept)) !== undefined) continue
    try {
      await rename(path, kept)
    } catch (error) {
      throw storageError(error, path)
    }
    return kept
  }
}

/**
 * Progress and the running attempt as files under the state folder: `progress.json` and `attempt.json`, 0600, replaced
 * in one step. A file that cannot be understood is kept aside and named in a warning; nothing is lost silently.
 */
export const createProgressStore = (options: { readonly dir: string }): ProgressStore => {
  const progressPath = join(options.dir, 'progress.json')
  const attemptPath = join(options.dir, 'attempt.json')
  return {
    load: async () => {
      const text = await readText(progressPath)
      if (text === undefined) return { progress: EMPTY }
      try {
        return { progress: parseProgress(text, progressPath) }
      } catch (error) {
        if (!(error instanceof CorruptFileError)) throw error
        const kept = await keepAside(progressPath)
        const warning = `The progress file could not be read (${error.message}). It is kept as ${kept}, and progress starts anew.`
        return { progress: EMPTY, warning }
      }
    },
    save: async (progress) => {
      // A newer lab may have written the file since it was read: never write an older format over it.
      const text = await readText(progressPath)
      if (text !== undefined) {
        try {
          parseProgress(text, progressPath)
        } catch (error) {
          if (!(error instanceof CorruptFileError)) throw error
          await keepAside(progressPath)
        }
      }
      await writeAtomic(progressPath, progressText(progress))
    },
    attempt: async () => {
      const text = await readText(attemptPath)
      if (text === undefined) return undefined
      try {
        return parseAttempt(text)
      } catch (error) {
        if (!(error instanceof CorruptFileError)) throw error
        await keepAside(attemptPath)
        return undefined
      }
    },
    saveAttempt: async (attempt) => {
      if (attempt) return writeAtomic(attemptPath, `${JSON.stringify(attempt, null, 2)}\n`)
      try {
        await rm(attemptPath, { force: true })
      } catch (error) {
        throw storageError(error, attemptPath)
      }
    },
  }
}

/** The plain JSON of `progress export`. */
export const exportProgress = async (store: ProgressStore): Promise<string> =>
  progressText((await store.load()).progress)

/**
 * Merges the text of an exported file into the store (nothing is taken away) and answers the result. Throws UserError
 * when the text is no export; `name` is what the message calls it.
 */
export const importProgress = async (options: {
  readonly store: ProgressStore
  readonly text: string
  readonly name: string
}): Promise<Progress> => {
  let imported: Progress
  try {
    imported = parseProgress(options.text, options.name)
  } catch (error) {
    if (!(error instanceof CorruptFileError)) throw error
    throw new UserError({
      what: `${options.name} is no exported progress: ${error.message}`,
      next: 'Give a file that `k8s-sec-lab progress export` printed. Your progress is as it was.',
    })
  }
  const merged = mergeProgress((await options.store.load()).progress, imported)
  await options.store.save(merged)
  return merged
}
