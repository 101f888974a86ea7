// Makes a checkout runnable: installs packages when the lock file is newer than what is installed, and bundles when a
// source is newer than the bundle. Does nothing, quickly, when all is in place. Uses Node's own modules only.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `k8s-sec-lab needs Node 20.19 or newer; this is ${process.versions.node}. Install a current Node, then run the same command again.`,
  )
  process.exit(3)
}

const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0)
const newestIn = (folder) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((newest, entry) => Math.max(newest, modified(join(entry.parentPath ?? entry.path, entry.name))), 0)

const run = (what, command, args) => {
  console.error(what)
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status === 0) return
  console.error(
    `${what.replace(/…$/, '')} failed${error ? `: ${error.message}` : ''}. The lines above say why; fix that and run the same command again.`,
  )
  process.exit(3)
}

if (modified(join(root, 'node_modules', '.package-lock.json')) < modified(join(root, 'package-lock.json'))) {
  // Not `npm ci`: it refuses a lock file that was made where a registry lacks some other platform's optional packages.
  // `--no-save` installs what the lock file says and leaves the file alone.
  run('Installing packages…', 'npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'])
}
const bundle = modified(join(root, 'dist', 'cli.js'))
const sources = Math.max(
  newestIn(join(root, 'src')),
  newestIn(join(root, 'lessons')),
  modified(join(root, 'scripts', 'build.mjs')),
  modified(join(root, 'package.json')),
)
if (bundle < sources) run('Building…', process.execPath, [join(root, 'scripts', 'build.mjs')])
