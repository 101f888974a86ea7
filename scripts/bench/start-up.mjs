// --help, list, the first frame and the first frame that answers a key, each against a bare `node -e 0`.
import { spawn } from 'node:child_process'
import { spawn as openPty } from '@lydell/node-pty'
import { timeOf } from './lab.mjs'
import { paired } from './paired.mjs'
import { printRatio } from './report.mjs'

/** As `timeOf`, without a pipe to set up. */
const bare = (env) =>
  new Promise((resolve) => {
    const started = performance.now()
    const child = spawn(process.execPath, ['-e', '0'], { env, stdio: 'ignore' })
    child.on('exit', () => resolve(performance.now() - started))
  })

/** Milliseconds until `seen(output)` holds for a program in a pseudo-terminal, which is ended then. */
const untilSeen = ({ argv, env, keys, seen }) =>
  new Promise((resolve, reject) => {
    let output = ''
    let took
    const started = performance.now()
    const child = openPty(argv[0], argv.slice(1), { cols: 120, rows: 40, env: { ...env, TERM: 'xterm-256color' } })
    if (keys) child.write(keys)
    const timer = setTimeout(() => child.kill('SIGKILL'), 60_000)
    child.onData((data) => {
      output += data
      if (took !== undefined || !seen(output)) return
      took = performance.now() - started
      child.kill('SIGTERM')
    })
    // The next one starts when this one is gone: they share a home, and a machine.
    child.onExit(() => {
      clearTimeout(timer)
      if (took === undefined) reject(new Error(`${argv.join(' ')} did not show what was waited for:\n${output}`))
      else resolve(took)
    })
  })

/** Prints four lines. The cluster of `env.K8S_SEC_LAB_HOME` is up, so that nothing but the start is timed. */
export const benchStartUp = async ({ cli, env, pairs }) => {
  const node = process.execPath
  const start = (options) => untilSeen({ argv: [node, cli, 'start'], env, ...options })
  const subjects = [
    { what: '--help', aim: 1.5, subject: () => timeOf([node, cli, '--help'], { env }) },
    { what: 'list', aim: 1.5, subject: () => timeOf([node, cli, 'list'], { env }) },
    { what: 'first frame', aim: 1.3, subject: () => start({ seen: (text) => text.includes('k8s-sec-lab') }) },
    {
      what: 'first frame that answers a key',
      aim: 4,
      // The key is typed before the program starts; the frame that shows the help screen is the answer to it.
      subject: () => start({ keys: '?', seen: (text) => text.includes('next lesson') && text.includes('previous') }),
    },
  ]
  for (const { what, aim, subject } of subjects) {
    printRatio(what, await paired({ subject, baseline: () => bare(env), pairs }), aim)
  }
}
