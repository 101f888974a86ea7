import { UserError } from '../../core/errors.ts'
import { run } from '../../tools/exec.ts'

/** A mount namespace of one's own: root may have one, everybody else together with a user namespace. */
const unshare = (): readonly string[] => [
  'unshare',
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
  '--mount',
  '--propagation',
  'private',
]

/**
 * Mounts each source at its target, then becomes the program. A target that does not exist is made in a file system in
 * memory, put over the nearest folder that does: nothing is made on the machine's own disk.
 */
const SCRIPT = `set -eu
while [ "$1" != -- ]; do
  source=$1 target=$2
  shift 2
  if [ ! -d "$target" ]; then
    above=$target
    while [ ! -d "$above" ]; do above=$(dirname "$above"); done
    mount -t tmpfs tmpfs "$above"
    mkdir -p "$target"
  fi
  mount --bind "$source" "$target"
done
shift
exec "$@"`

/** The command line that runs `argv` with folders mounted for it alone; `argv` itself when there are none. */
export const withMounts = (argv: readonly string[], mounts: Readonly<Record<string, string>>): readonly string[] => {
  const pairs = Object.entries(mounts).flatMap(([target, source]) => [source, target])
  return pairs.length === 0 ? argv : [...unshare(), 'sh', '-c', SCRIPT, 'mounts', ...pairs, '--', ...argv]
}

/** Throws UserError where this machine does not let a process have mounts of its own. */
export const requirePrivateMounts = async (what: string, signal?: AbortSignal): Promise<void> => {
  const next = 'Use the kind backend for this lesson: it runs the same in a container.'
  if (process.platform !== 'linux') {
    throw new UserError({
      what: `${what} cannot run as a process of this machine: only Linux gives a process mounts of its own.`,
      next,
      exitCode: 3,
    })
  }
  const argv = [...unshare(), 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']
  const outcome = await run({ argv, timeoutMs: 10_000, ...(signal ? { signal } : {}) }).catch((error: Error) => error)
  if (!(outcome instanceof Error) && outcome.code === 0) return
  const said = outcome instanceof Error ? outcome.message : outcome.stderr.trim().split('\n')[0]
  throw new UserError({
    what: `${what} cannot run as a process of this machine: it gets no mounts of its own (${said}).`,
    next,
    exitCode: 3,
  })
}
