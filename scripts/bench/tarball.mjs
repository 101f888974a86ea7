// What `npx k8s-sec-lab` fetches.
import { execFileSync } from 'node:child_process'
import { printNumber } from './report.mjs'

/** Prints a line. */
export const benchTarball = ({ root }) => {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts']
  const [pack] = JSON.parse(
    execFileSync(npm, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  )
  const show = (value) => `${(value / 1024 / 1024).toFixed(2)} MB`
  printNumber('tarball', { value: pack.size, aim: 1.5 * 1024 * 1024, show, note: `${pack.entryCount} files` })
}
