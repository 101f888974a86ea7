// The program under measurement, as a process.
import { spawn } from 'node:child_process'

/** Runs a command to its end and answers the milliseconds it took. Throws when it fails. */
export const timeOf = (argv, { env, codes = [0] }) =>
  new Promise((resolve, reject) => {
    let said = ''
    const started = performance.now()
    const child = spawn(argv[0], argv.slice(1), { env, stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr.on('data', (data) => {
      said += data
    })
    child.on('error', reject)
    child.on('exit', (code) => {
      const took = performance.now() - started
      if (codes.includes(code)) resolve(took)
      else reject(new Error(`${argv.join(' ')} ended with ${code}:\n${said.trim()}`))
    })
  })
