// The lab with a lesson open: how long after a change in the cluster its verdict is on the screen, and the memory it takes.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { adminOf } from './admin.mjs'
import { quantile } from './paired.mjs'
import { openPty } from './pty.mjs'
import { ms, printNumber } from './report.mjs'

const LABEL = 'pod-security.kubernetes.io/enforce'
const CHECK = 'The namespace states a rule'
const mark = (lines) =>
  lines
    .find((line) => line.includes(CHECK))
    ?.split(CHECK)[0]
    .trim()
    .at(-1)

/** Resident memory of a process, in MB (10^6 bytes). */
const residentMb = (pid) => {
  const file = `/proc/${pid}/status`
  const kb = existsSync(file)
    ? Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1])
    : Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }))
  return (kb * 1024) / 1e6
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Prints four lines. Brings the cluster of `env.K8S_SEC_LAB_HOME` up when it is not. */
export const benchVerdict = async ({ cli, env, changes }) => {
  const lab = openPty({ argv: [process.execPath, cli, 'start', 'L00'], env })
  try {
    await lab.waitFor((lines) => lines.some((line) => /found +Namespace/.test(line)), {
      what: 'the first grading',
      timeoutMs: 600_000,
    })
    const memory = residentMb(lab.pid)
    const { request, close } = adminOf(join(env.K8S_SEC_LAB_HOME, 'cluster', 'kubeconfig'))
    const took = { set: [], removed: [] }
    for (let change = -2; change < changes; change += 1) {
      const way = change % 2 === 0 ? 'set' : 'removed'
      const body = { metadata: { labels: { [LABEL]: way === 'set' ? 'baseline' : null } } }
      const started = performance.now()
      const sent = request({ method: 'PATCH', path: '/api/v1/namespaces/welcome', body })
      const seen = await lab.waitFor((lines) => (mark(lines) === '✓') === (way === 'set'), { what: `the label ${way}` })
      if ((await sent) !== 200) throw new Error('the label could not be changed')
      if (change >= 0) took[way].push(seen - started)
      await pause(300 + Math.random() * 600) // not in step with anything that the lab does now and then
    }
    close()
    const all = [...took.set, ...took.removed]
    const halves = Object.entries(took).map(([way, times]) => `${way} ${ms(quantile(times, 0.5))}`)
    printNumber('change to verdict on screen, p50', { value: quantile(all, 0.5), aim: 150, note: halves.join(', ') })
    printNumber('change to verdict on screen, p95', {
      value: quantile(all, 0.95),
      aim: 400,
      note: `${all.length} changes`,
    })
    const show = (value) => `${value.toFixed(0)} MB`
    const after = `${show(residentMb(lab.pid))} after the changes`
    printNumber('memory with a lesson open', { value: memory, aim: 120, show, note: after })
  } finally {
    lab.kill('SIGTERM')
    await lab.exited
  }
}
