import { readFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { platformOf } from '../platform.ts'
import { type Environment, type Finding, note, ok, problem } from './finding.ts'

const GIB = 1024 ** 3
/** etcd, kube-apiserver and kube-controller-manager together take some 450 MiB. */
const MEMORY_TO_RUN = 0.75 * GIB
/** The Go linker takes most of this for kube-apiserver. */
const MEMORY_TO_BUILD = 2.5 * GIB

export const gibibytes = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`

/** Operating system and processor, and whether this is Linux inside Windows. */
export const platformFinding = (options: { os: string; arch: string; release: string }): Finding => {
  const platform = platformOf(options.os, options.arch)
  if (!('name' in platform)) return problem('platform', 'Platform', { found: platform.what, fix: platform.next })
  const wsl = /microsoft/i.test(options.release) ? ', inside WSL' : ''
  return ok('platform', 'Platform', `${platform.name}${wsl}`)
}

/** Node.js: 20.19 or newer. */
export const nodeFinding = (version: string): Finding => {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return ok('node', 'Node.js', version)
  return problem('node', 'Node.js', {
    found: `${version} is too old`,
    fix: 'Install Node.js 20.19 or newer from nodejs.org or with your version manager.',
  })
}

/** Memory that programs can still get, in bytes, within the limit of this container or machine. */
export const availableMemory = async (): Promise<number> => {
  const limit = process.constrainedMemory()
  const all = limit > 0 && limit < totalmem() ? limit : totalmem()
  const info = await readFile('/proc/meminfo', 'utf8').catch(() => '')
  const kibibytes = Number(/^MemAvailable:\s+(\d+) kB$/m.exec(info)?.[1])
  // macOS counts memory that it would give back at once as used: there the whole is the better measure.
  return Number.isFinite(kibibytes) ? Math.min(kibibytes * 1024, all) : all
}

/** Memory for the control plane, and for building it when `mayBuild`. */
export const memoryFinding = async (mayBuild: boolean): Promise<Finding> => {
  const available = await availableMemory()
  const found = `${gibibytes(available)} available`
  if (available < MEMORY_TO_RUN) {
    return problem('memory', 'Memory', {
      found: `${found}; the embedded control plane needs ${gibibytes(MEMORY_TO_RUN)}`,
      fix: 'Close other programs, or give this machine or container more memory.',
    })
  }
  if (mayBuild && available < MEMORY_TO_BUILD) {
    const fix = 'Close other programs while tools are built, or get them as downloads.'
    return note('memory', 'Memory', `${found}; building the tools may take ${gibibytes(MEMORY_TO_BUILD)}`, fix)
  }
  return ok('memory', 'Memory', found)
}

const firstLine = async (path: string): Promise<string | undefined> =>
  (await readFile(path, 'utf8').catch(() => undefined))?.trim()

/** What the Linux kernel offers to confine processes; undefined elsewhere. Nothing here is needed by this version. */
export const kernelFinding = async (options: {
  os: string
  release: string
  env: Environment
}): Promise<Finding | undefined> => {
  if (options.os !== 'linux') return undefined
  const [status, apparmor, selinux, unified] = await Promise.all([
    firstLine('/proc/self/status'),
    firstLine('/sys/module/apparmor/parameters/enabled'),
    firstLine('/sys/fs/selinux/enforce'),
    firstLine('/sys/fs/cgroup/cgroup.controllers'),
  ])
  const facts = [
    `Linux ${options.release}`,
    `cgroup ${unified === undefined ? 'v1' : 'v2'}`,
    `seccomp ${/^Seccomp:/m.test(status ?? '') ? 'yes' : 'no'}`,
    `AppArmor ${apparmor === 'Y' ? 'yes' : 'no'}`,
    `SELinux ${selinux === '1' ? 'enforcing' : selinux === '0' ? 'permissive' : 'no'}`,
  ]
  return note('kernel', 'Kernel', facts.join(', '))
}
