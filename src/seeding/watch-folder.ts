import { type FSWatcher, readdirSync, type Stats, statSync, watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** Editors write several times; what belongs together is told once. */
const QUIET_MS = 50
/** Behind the events: network file systems and full inotify tables tell nothing. */
const POLL_MS = 2000

const fingerprint = ({ mtimeMs, size, mode, ino }: Stats): string => `${mtimeMs} ${size} ${mode} ${ino}`

const snapshotNow = (root: string): ReadonlyMap<string, string> => {
  const known = new Map<string, string>()
  try {
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      const found = statSync(path, { throwIfNoEntry: false })
      if (found?.isFile()) known.set(relative(root, path), fingerprint(found))
    }
  } catch {
    // Not there yet, or changing under our eyes: the first look tells the rest.
  }
  return known
}

/**
 * Calls back with each changed path below a folder, from file-system events where there are any and from comparing
 * sizes and times every two seconds. The folder may come later. Ends, and lets go of everything, with the signal.
 */
export const watchFolder = (options: {
  readonly root: string
  readonly list: () => Promise<readonly string[]>
  readonly listener: (path: string) => void
  readonly signal: AbortSignal
}): void => {
  const { root, list, listener, signal } = options
  if (signal.aborted) return
  // At once and not later: a change that follows the call must not be taken for the state before it.
  let known: ReadonlyMap<string, string> = snapshotNow(root)
  let watcher: FSWatcher | undefined
  let quiet: NodeJS.Timeout | undefined
  let looking = false
  let again = false

  const snapshot = async (): Promise<ReadonlyMap<string, string>> => {
    const entries = (await list()).map(async (path): Promise<[string, string]> => {
      const found = await stat(join(root, path)).catch(() => undefined)
      return [path, found ? fingerprint(found) : '']
    })
    return new Map(await Promise.all(entries))
  }

  const look = async (): Promise<void> => {
    if (looking) {
      again = true
      return
    }
    looking = true
    try {
      do {
        again = false
        const now = await snapshot()
        if (signal.aborted) return
        const before = known
        known = now
        const changed = [...new Set([...before.keys(), ...now.keys()])].filter(
          (path) => before.get(path) !== now.get(path),
        )
        for (const path of changed.sort()) listener(path)
      } while (again && !signal.aborted)
    } catch {
      // The folder may be on its way out or in; the next look tells.
    } finally {
      looking = false
    }
    attach()
  }

  const attach = (): void => {
    if (watcher || signal.aborted) return
    try {
      watcher = watch(root, { recursive: true, persistent: false }, () => {
        clearTimeout(quiet)
        quiet = setTimeout(() => void look(), QUIET_MS)
      })
      watcher.on('error', () => {
        watcher?.close()
        watcher = undefined
      })
    } catch {
      watcher = undefined // not there yet, or no watches left: polling does it
    }
  }

  attach()
  void look()
  const poll = setInterval(() => void look(), POLL_MS)
  poll.unref()
  signal.addEventListener(
    'abort',
    () => {
      clearInterval(poll)
      clearTimeout(quiet)
      watcher?.close()
      watcher = undefined
    },
    { once: true },
  )
}
