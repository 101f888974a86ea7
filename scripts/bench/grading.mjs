// Grading a whole lesson, solved: the grading itself, and the whole command.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { adminOf } from './admin.mjs'
import { timeOf } from './lab.mjs'
import { median, paired } from './paired.mjs'
import { printNumber, printRatio } from './report.mjs'

const ANSWERS = {
  checkout: 'workload',
  search: 'supply-chain',
  orders: 'secrets',
  reports: 'identity',
  apiserver: 'control-plane',
}

/** What the log says of the last grading, in ms. */
const lastGrading = (home) => {
  const lines = readFileSync(join(home, 'state', 'lab.log'), 'utf8')
    .trimEnd()
    .split('\n')
  return JSON.parse(lines.findLast((line) => line.includes('"graded"'))).ms
}

/** Prints two lines. The cluster of `env.K8S_SEC_LAB_HOME` is up. */
export const benchGrading = async ({ cli, env, pairs }) => {
  const home = env.K8S_SEC_LAB_HOME
  const lab = (...args) => timeOf([process.execPath, cli, ...args], { env })
  await lab('begin', 'L00')
  for (const [key, value] of Object.entries(ANSWERS)) await lab('answer', key, value)
  const { request, close } = adminOf(join(home, 'cluster', 'kubeconfig'))
  const labels = { 'pod-security.kubernetes.io/enforce': 'baseline' }
  await request({ method: 'PATCH', path: '/api/v1/namespaces/welcome', body: { metadata: { labels } } })
  close()
  const gradings = []
  const check = async () => {
    const took = await lab('check', 'L00', '--json')
    gradings.push(lastGrading(home))
    return took
  }
  const whole = await paired({ pairs, subject: check, baseline: () => timeOf([process.execPath, '-e', '0'], { env }) })
  printNumber('grading a whole lesson', { value: median(gradings), aim: 1000, note: '8 checks' })
  printRatio('… the whole check command', whole)
}
