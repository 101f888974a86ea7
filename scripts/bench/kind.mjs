// `cluster up` on kind against `kind create cluster --wait` of the very same config and node image.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { timeOf } from './lab.mjs'
import { paired } from './paired.mjs'
import { printRatio } from './report.mjs'

/** Prints one line, or why there is none. Leaves no cluster behind. */
export const benchKind = async ({ cli, env, pairs }) => {
  const image = env.K8S_SEC_LAB_NODE_IMAGE
  try {
    execFileSync('docker', ['image', 'inspect', image ?? ''], { stdio: 'ignore' })
  } catch {
    console.log('cluster up, kind: not measured: no engine answers, or K8S_SEC_LAB_NODE_IMAGE names no image in it.')
    return
  }
  const home = join(env.K8S_SEC_LAB_HOME, 'on-kind')
  const lab = (...args) =>
    timeOf([process.execPath, cli, 'cluster', ...args], { env: { ...env, K8S_SEC_LAB_HOME: home } })
  const kept = join(env.K8S_SEC_LAB_HOME, 'kept-kind')
  const cluster = join(home, 'cluster', 'kind')
  await lab('up', '--backend', 'kind')
  try {
    mkdirSync(kept)
    cpSync(join(cluster, 'config'), join(kept, 'config'), { recursive: true })
    const config = readFileSync(join(cluster, 'kind.yaml'), 'utf8')
    writeFileSync(join(kept, 'kind.yaml'), config.replaceAll(join(cluster, 'config'), join(kept, 'config')))
  } finally {
    await lab('down')
  }
  const raw = ['--name', `bench-${process.pid}`, '--kubeconfig', join(kept, 'kubeconfig')]
  const kind = (...args) => timeOf([join(home, 'bin', 'kind'), ...args, ...raw], { env })
  const result = await paired({
    pairs,
    warmUp: false,
    subject: async () => {
      const took = await lab('up', '--backend', 'kind').catch(async (error) => {
        await lab('down')
        throw error
      })
      await lab('down')
      return took
    },
    baseline: async () => {
      const took = await kind(
        'create',
        'cluster',
        '--config',
        join(kept, 'kind.yaml'),
        '--image',
        image,
        '--wait',
        '180s',
      )
      await kind('delete', 'cluster')
      return took
    },
  })
  rmSync(kept, { recursive: true, force: true })
  printRatio('cluster up, kind', result, 1.1)
}
