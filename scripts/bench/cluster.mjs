// `cluster up`, cold and warm, against starting the same three processes by hand with the same files and flags.
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import https from 'node:https'
import { join } from 'node:path'
import { parse } from 'yaml'
import { line, ms, paired } from './paired.mjs'

const lab = (cli, env, args) =>
  new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(process.execPath, [cli, ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] })
    child.on('exit', (code) =>
      code === 0 ? resolve(performance.now() - started) : reject(new Error(`${args.join(' ')} exited ${code}`)),
    )
  })

/** True once the API server is ready and the controller-manager has made the default ServiceAccount. */
const ready = (kubeconfig) => {
  const config = parse(readFileSync(kubeconfig, 'utf8'))
  const { server, 'certificate-authority-data': ca } = config.clusters[0].cluster
  const user = config.users[0].user
  const agent = new https.Agent({
    keepAlive: true,
    ca: Buffer.from(ca, 'base64'),
    cert: Buffer.from(user['client-certificate-data'], 'base64'),
    key: Buffer.from(user['client-key-data'], 'base64'),
  })
  const get = (path) =>
    new Promise((resolve) => {
      const request = https.get(`${server}${path}`, { agent }, (reply) =>
        reply.resume().on('end', () => resolve(reply.statusCode === 200)),
      )
      request.on('error', () => resolve(false))
    })
  return async () => (await get('/readyz')) && (await get('/api/v1/namespaces/default/serviceaccounts/default'))
}

/** Starts the commands of the static Pod manifests directly and answers the time until the cluster is usable. */
const startRaw = async ({ cluster, bin }) => {
  const started = performance.now()
  const children = readdirSync(join(cluster, 'manifests')).map((file) => {
    const [program, ...args] = parse(readFileSync(join(cluster, 'manifests', file), 'utf8')).spec.containers[0].command
    const log = openSync(join(cluster, 'logs', `raw-${file}.log`), 'a')
    return spawn(join(bin, program.split('/').at(-1)), args, { stdio: ['ignore', log, log] })
  })
  const isReady = ready(join(cluster, 'kubeconfig'))
  while (!(await isReady())) await new Promise((resolve) => setTimeout(resolve, 25))
  const took = performance.now() - started
  await Promise.all(
    children.map((child) => {
      const gone = new Promise((resolve) => child.on('exit', resolve))
      child.kill('SIGKILL')
      return gone
    }),
  )
  return took
}

/** Prints two lines. Uses and removes the cluster of `env.K8S_SEC_LAB_HOME`. */
export const benchCluster = async ({ cli, env, pairs }) => {
  const home = env.K8S_SEC_LAB_HOME
  const cluster = join(home, 'cluster')
  const kept = join(home, 'kept-cluster')
  await lab(cli, env, ['cluster', 'up', '--backend', 'embedded'])
  cpSync(cluster, kept, { recursive: true, preserveTimestamps: true })
  await lab(cli, env, ['cluster', 'down'])
  /** Lays the kept files (certificates, manifests) where the lab had them, with or without etcd's data. */
  const lay = ({ data }) => {
    rmSync(cluster, { recursive: true, force: true })
    cpSync(kept, cluster, { recursive: true, preserveTimestamps: true })
    const etcd = readdirSync(cluster).find(
      (name) => name.startsWith('etcd') && existsSync(join(cluster, name, 'member')),
    )
    if (!data && etcd) rmSync(join(cluster, etcd, 'member'), { recursive: true })
    mkdirSync(join(cluster, 'logs'), { recursive: true })
  }
  const bin = join(home, 'bin')
  const cold = await paired({
    pairs,
    warmUp: false,
    subject: async () => {
      rmSync(cluster, { recursive: true, force: true })
      const took = await lab(cli, env, ['cluster', 'up', '--backend', 'embedded'])
      await lab(cli, env, ['cluster', 'down'])
      return took
    },
    baseline: async () => {
      lay({ data: false })
      const took = await startRaw({ cluster, bin })
      rmSync(cluster, { recursive: true, force: true })
      return took
    },
  })
  const warm = await paired({
    pairs,
    warmUp: false,
    subject: async () => {
      lay({ data: true })
      const took = await lab(cli, env, ['cluster', 'up', '--backend', 'embedded'])
      await lab(cli, env, ['cluster', 'down'])
      return took
    },
    baseline: async () => {
      lay({ data: true })
      const took = await startRaw({ cluster, bin })
      rmSync(cluster, { recursive: true, force: true })
      return took
    },
  })
  rmSync(kept, { recursive: true, force: true })
  for (const [what, result] of [
    ['cluster up, cold', cold],
    ['cluster up, warm', warm],
  ]) {
    console.log(
      line({
        what,
        measured: ms(result.subject),
        baseline: ms(result.baseline),
        ratio: result.ratio,
        aim: '1.15 x',
        met: result.ratio <= 1.15,
      }),
    )
  }
}
