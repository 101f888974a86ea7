// --help, list, the first frame and the first frame that answers a key, each against a bare `node -e 0`.
import { spawn } from 'node:child_process'
import { line, ms, paired } from './paired.mjs'

const run = (argv, env) =>
  new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(argv[0], argv.slice(1), { env, stdio: ['ignore', 'ignore', 'inherit'] })
    child.on('error', reject)
    child.on('exit', (code) =>
      code === 0 ? resolve(performance.now() - started) : reject(new Error(`${argv.join(' ')} exited ${code}`)),
    )
  })

/** Time until `seen(output)` holds for a program in a pseudo-terminal, which is then killed. */
const untilSeen = async ({ argv, env, keys, seen }) => {
  const { spawn: openPty } = await import('@lydell/node-pty')
  return new Promise((resolve, reject) => {
    const started = performance.now()
    let output = ''
    const child = openPty(argv[0], argv.slice(1), { cols: 120, rows: 40, env: { ...env, TERM: 'xterm-256color' } })
    if (keys) child.write(keys)
    const timer = setTimeout(() => reject(new Error(`not seen in 30 s:\n${output.slice(-2000)}`)), 30_000)
    child.onExit(() => {
      clearTimeout(timer)
      reject(new Error(`ended early:\n${output.slice(-2000)}`))
    })
    child.onData((data) => {
      output += data
      if (!seen(output)) return
      clearTimeout(timer)
      resolve(performance.now() - started)
      child.kill('SIGKILL')
    })
  })
}

/** Prints four lines; `env` names a home whose cluster is already up, so that nothing but the start is timed. */
export const benchStartUp = async ({ cli, env, pairs }) => {
  const node = process.execPath
  const bare = () => run([node, '-e', '0'], env)
  const rows = [
    { what: '--help', aim: 1.5, subject: () => run([node, cli, '--help'], env) },
    { what: 'list', aim: 1.5, subject: () => run([node, cli, 'list'], env) },
    {
      what: 'first frame',
      aim: 1.3,
      subject: () => untilSeen({ argv: [node, cli, 'start'], env, seen: (text) => text.includes('k8s-sec-lab') }),
    },
    {
      what: 'first frame that answers a key',
      aim: 4,
      // The key is typed before the program starts; the frame that shows the help screen is the answer to it.
      subject: () =>
        untilSeen({
          argv: [node, cli, 'start'],
          env,
          keys: '?',
          seen: (text) => text.includes('next lesson') && text.includes('previous'),
        }),
    },
  ]
  for (const { what, aim, subject } of rows) {
    const result = await paired({ subject, baseline: bare, pairs })
    console.log(
      line({
        what,
        measured: ms(result.subject),
        baseline: ms(result.baseline),
        ratio: result.ratio,
        aim: `${aim} x`,
        met: result.ratio <= aim,
      }),
    )
  }
}
