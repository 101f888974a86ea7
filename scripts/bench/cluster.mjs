// `cluster up`, cold and warm, against starting the same three processes by hand with the same files and flags.
import { spawn } from 'node:child_process'
import { closeSync, cpSync, lstatSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { adminOf } from './admin.mjs'
import { timeOf } from './lab.mjs'
import { paired } from './paired.mjs'
import { printRatio } from './report.mjs'

/** Ready: the API server says so, and the controller-manager has made the default ServiceAccount. */
const untilReady = async (kubeconfig) => {
  const { request, close } = adminOf(kubeconfig)
  for (const path of ['/readyz', '/api/v1/namespaces/default/serviceaccounts/default']) {
    while ((await request({ path })) !== 200) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  close()
}

/** Starts the commands of the static Pod manifests directly and answers the time until the cluster is usable. */
const startRaw = async ({ cluster, tools }) => {
  const started = performance.now()
  const children = readdirSync(join(cluster, 'manifests')).map((file) => {
    const [program, ...args] = parse(readFileSync(join(cluster, 'manifests', file), 'utf8')).spec.containers[0].command
    const log = openSync(join(cluster, 'logs', `raw-${program}.log`), 'a')
    const child = spawn(tools[program], args, { stdio: ['ignore', log, log] })
    closeSync(log)
    return child
  })
  try {
    await untilReady(join(cluster, 'kubeconfig'))
    return performance.now() - started
  } finally {
    await Promise.all(
      children.map((child) => {
        const gone = new Promise((resolve) => child.on('exit', resolve))
        child.kill('SIGKILL')
        return gone
      }),
    )
  }
}

/** Prints two lines. Leaves no cluster behind in `env.K8S_SEC_LAB_HOME`. */
export const benchCluster = async ({ cli, env, pairs }) => {
  const cluster = join(env.K8S_SEC_LAB_HOME, 'cluster')
  const kept = join(env.K8S_SEC_LAB_HOME, 'kept-cluster')
  const lab = (...args) => timeOf([process.execPath, cli, 'cluster', ...args, '--backend', 'embedded'], { env })
  await lab('up')
  const { tools, dir } = JSON.parse(readFileSync(join(cluster, 'cluster.json'), 'utf8'))
  // As it lies there after the machine was switched off: nothing of it runs, all of it is kept.
  for (const pid of await pidsOf(cluster)) process.kill(pid, 'SIGKILL')
  cpSync(cluster, kept, { recursive: true, filter: (path) => !lstatSync(path).isSocket() })
  await lab('down')
  /** Lays the kept files (certificates, manifests, ports) where the lab had them, with or without etcd's data. */
  const lay = ({ data }) => {
    rmSync(cluster, { recursive: true, force: true })
    cpSync(kept, cluster, { recursive: true })
    if (!data) rmSync(join(dir, 'etcd', 'member'), { recursive: true })
    mkdirSync(join(cluster, 'logs'), { recursive: true })
  }
  const raw = async (options) => {
    lay(options)
    const took = await startRaw({ cluster, tools })
    rmSync(cluster, { recursive: true, force: true })
    return took
  }
  const upAndDown = async () => {
    const took = await lab('up')
    await lab('down')
    return took
  }
  const cold = await paired({ pairs, subject: upAndDown, baseline: () => raw({ data: false }), warmUp: false })
  printRatio('cluster up, cold', cold, 1.15)
  const warm = await paired({
    pairs,
    subject: () => {
      lay({ data: true })
      return upAndDown()
    },
    baseline: () => raw({ data: true }),
    warmUp: false,
  })
  printRatio('cluster up, warm', warm, 1.15)
  rmSync(kept, { recursive: true, force: true })
}

/** The supervisor and what it runs, the supervisor first. */
const pidsOf = async (cluster) => {
  const { supervisor, components } = JSON.parse(readFileSync(join(cluster, 'status.json'), 'utf8'))
  return [supervisor, ...components].map(({ pid }) => pid).filter((pid) => pid !== undefined)
}
