// Measures the built program against bare baselines, pair by pair, and prints each number beside its aim. It only tells:
// a number that misses its aim is no failure.
//   npm run bench -- [--only start-up|cluster|verdict|grading|kind|tarball] [--pairs N] [--changes N]

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import envPaths from 'env-paths'
import { benchCluster } from './bench/cluster.mjs'
import { benchGrading } from './bench/grading.mjs'
import { benchKind } from './bench/kind.mjs'
import { timeOf } from './bench/lab.mjs'
import { heading } from './bench/report.mjs'
import { benchStartUp } from './bench/start-up.mjs'
import { benchTarball } from './bench/tarball.mjs'
import { benchVerdict } from './bench/verdict.mjs'

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, pairs: { type: 'string' }, changes: { type: 'string' } },
})
const pairs = (usual) => Number(values.pairs ?? usual)
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const cli = join(root, 'dist', 'cli.js')
const home = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-bench-'))
const env = {
  ...process.env,
  LANG: 'C.UTF-8',
  K8S_SEC_LAB_HOME: home,
  // The programs of the control plane are built or fetched once, not for every bench.
  K8S_SEC_LAB_CACHE: process.env.K8S_SEC_LAB_CACHE ?? envPaths('k8s-sec-lab', { suffix: '' }).cache,
}
for (const name of ['CI', 'NO_COLOR', 'ACCESSIBLE', 'INK_SCREEN_READER']) delete env[name]

const parts = {
  'start-up': () => benchStartUp({ cli, env, pairs: pairs(15) }),
  verdict: () => benchVerdict({ cli, env, changes: Number(values.changes ?? 60) }),
  grading: () => benchGrading({ cli, env, pairs: pairs(7) }),
  cluster: () => benchCluster({ cli, env, pairs: pairs(5) }),
  kind: () => benchKind({ cli, env, pairs: pairs(3) }),
  tarball: () => benchTarball({ root }),
}
const chosen = values.only ?? Object.keys(parts)
const unknown = chosen.filter((name) => parts[name] === undefined)
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}; choose of: ${Object.keys(parts).join(', ')}.`)
  process.exit(2)
}

const down = () => timeOf([process.execPath, cli, 'cluster', 'down'], { env }).catch(() => {})
let stopped = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, async () => {
    stopped = true
    await down()
    rmSync(home, { recursive: true, force: true })
    process.exit(130)
  })
}

try {
  const load = loadavg()[0].toFixed(1)
  console.log(
    `Node ${process.versions.node}, ${cpus().length} processors, load ${load}. Medians; ratios pair by pair.\n`,
  )
  if (chosen.some((name) => name !== 'tarball' && name !== 'kind')) {
    await timeOf([process.execPath, cli, 'cluster', 'up', '--backend', 'embedded'], { env })
  }
  heading()
  for (const name of chosen) await parts[name]()
} catch (error) {
  if (!stopped) {
    console.error(error)
    process.exitCode = 1
  }
} finally {
  if (existsSync(home) && !stopped) {
    await down()
    rmSync(home, { recursive: true, force: true })
  }
}
