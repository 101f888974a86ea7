import { UserError } from '../../core/errors.ts'
import type { EngineCli } from './engine-cli.ts'
import { NODE } from './layout.ts'
import { execOnNode } from './node.ts'

type Cancel = { readonly signal?: AbortSignal | undefined }

const READ = '[ -e "$1" ] || exit 44; stat -L -c %a "$1" && cat "$1"'

/** Text and mode of a file on a node, or undefined when there is none. */
export const readNodeFile = async (
  engine: EngineCli,
  node: string,
  path: string,
  { signal }: Cancel = {},
): Promise<{ readonly text: string; readonly mode: number } | undefined> => {
  const { code, stdout, stderr } = await execOnNode(engine, node, ['sh', '-c', READ, 'sh', path], { signal })
  if (code === 44) return undefined
  if (code !== 0) {
    throw new UserError({
      what: `${path} on the node cannot be read: ${stderr.trim()}`,
      next: 'Name a file, not a folder.',
      exitCode: 3,
    })
  }
  const end = stdout.indexOf('\n')
  return { text: stdout.slice(end + 1), mode: Number.parseInt(stdout.slice(0, end), 8) & 0o777 }
}

// Beside the file, then renamed over it: a reader sees the old text or the new one. A file that was cut short on its way
// (the person pressed Ctrl-C) is not taken. Mode and owner stay those of the file that is replaced.
const WRITE = `set -eu
path=$(readlink -f -- "$1" || printf %s "$1"); scratch=$2; length=$3; mode=$4
mkdir -p -- "$(dirname -- "$path")"
[ -n "$scratch" ] || scratch=$(dirname -- "$path")
draft=$(mktemp -- "$scratch/.k8s-sec-lab.XXXXXX")
trap 'rm -f -- "$draft"' EXIT
cat > "$draft"
[ "$(stat -c %s -- "$draft")" = "$length" ] || { echo "only a part of the text arrived" >&2; exit 45; }
if [ -e "$path" ]; then chown --reference="$path" -- "$draft"; chmod --reference="$path" -- "$draft"; else chmod 600 -- "$draft"; fi
[ -z "$mode" ] || chmod "$mode" -- "$draft"
mv -f -T -- "$draft" "$path"`

/**
 * Writes a file on a node, whole or not at all, with the folders above it. A file that is replaced keeps its mode; a new
 * one gets 0600, unless `mode` says otherwise.
 */
export const writeNodeFile = async (
  engine: EngineCli,
  node: string,
  file: { readonly path: string; readonly text: string; readonly mode?: number | undefined },
  { signal }: Cancel = {},
): Promise<void> => {
  const { path, text, mode } = file
  // The kubelet takes every file in its manifest folder for a Pod, so a draft must not lie there.
  const scratch = path.startsWith(`${NODE.manifests}/`) ? '/etc/kubernetes' : ''
  const argv = ['sh', '-c', WRITE, 'sh', path, scratch, String(Buffer.byteLength(text)), mode?.toString(8) ?? '']
  const { code, stderr } = await execOnNode(engine, node, argv, { stdin: text, signal })
  if (code === 0) return
  throw new UserError({
    what: `${path} on the node could not be written: ${stderr.trim().split('\n').at(-1) ?? `exit code ${code}`}`,
    next: 'Check the path; `k8s-sec-lab node` opens a shell on the node.',
    exitCode: 3,
  })
}

const READ_ALL = 'for file in "$@"; do [ -e "$file" ] && printf "%s %s\\n" "$file" "$(base64 -w0 "$file")"; done; true'

/** Those of the files that are there, in one go. Paths without blanks. */
export const readNodeFiles = async (
  engine: EngineCli,
  node: string,
  paths: readonly string[],
  { signal }: Cancel = {},
): Promise<ReadonlyMap<string, string>> => {
  const { stdout } = await execOnNode(engine, node, ['sh', '-c', READ_ALL, 'sh', ...paths], { signal })
  return new Map(
    stdout
      .split('\n')
      .filter((line) => line.includes(' '))
      .map((line) => {
        const [path = '', text = ''] = line.split(' ')
        return [path, Buffer.from(text, 'base64').toString('utf8')]
      }),
  )
}
