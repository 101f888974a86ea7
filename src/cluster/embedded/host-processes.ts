import { readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { stringify } from 'yaml'
import type { Clock, HostProcess, HostProcesses } from '../../core/ports.ts'
import { makeFolder, readIfThere, writeAtomic } from '../files.ts'
import { lastWords } from '../last-words.ts'
import { accountFolder } from './account-keeper.ts'
import { HOST_ADDRESS, readPorts } from './egress.ts'
import type { Layout } from './layout.ts'
import { freePorts, isFree } from './ports.ts'
import { requirePrivateMounts } from './private-mounts.ts'
import { readStatus, type UnitStatus } from './status-file.ts'
import { nudge } from './supervision.ts'

const ACCOUNT_MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'
const STOP_MS = 15_000

/** Programs of add-ons under the supervisor of an embedded cluster: a Pod manifest each, in a folder of their own. */
export const createHostProcesses = (layout: Layout, clock: Clock): HostProcesses => {
  const unitOf = async (name: string): Promise<UnitStatus<string> | undefined> =>
    (await readStatus(layout.status))?.addOns?.find((one) => one.name === name)
  const until = async (isSo: () => Promise<boolean>, signal: AbortSignal | undefined): Promise<void> => {
    const end = clock.now() + STOP_MS
    while (!(await isSo()) && clock.now() < end) await clock.sleep(50, signal)
  }

  const host: HostProcesses = {
    address: HOST_ADDRESS,
    accountFolder: (name) => accountFolder(layout, name),
    folder: async (name) => {
      await makeFolder(layout.addOn(name))
      return layout.addOn(name)
    },
    ports: async (name, wanted) => {
      const before = await readPorts(layout, name)
      const isRunning = (await unitOf(name))?.pid !== undefined
      const good = async (port: number | undefined) => port !== undefined && (isRunning || (await isFree(port)))
      if ((await Promise.all(wanted.map((each) => good(before[each])))).every(Boolean)) return before
      const free = await freePorts(wanted.length)
      const ports = Object.fromEntries(wanted.map((each, index) => [each, free[index] as number]))
      await host.folder(name)
      await writeAtomic(join(layout.addOn(name), 'ports.json'), `${JSON.stringify(ports)}\n`)
      return ports
    },
    start: async (wanted, { signal } = {}) => {
      if (wanted.inCluster) await requirePrivateMounts(wanted.name, signal)
      const folder = await host.folder(wanted.name)
      // Started by a name below the cluster's folder, it can be told from every other process of this machine.
      const program = join(folder, basename(wanted.program))
      await rm(program, { force: true })
      await symlink(wanted.program, program)
      const text = manifestOf({ ...wanted, program }, accountFolder(layout, wanted.name))
      if ((await readIfThere(layout.addOnManifest(wanted.name))) !== text) {
        await writeAtomic(layout.addOnManifest(wanted.name), text)
      }
      await nudge(layout)
    },
    restart: async (name, { signal } = {}) => {
      const before = (await unitOf(name))?.starts ?? 0
      await rm(join(accountFolder(layout, name), 'token'), { force: true })
      await writeFile(layout.restartRequest(name), '', { mode: 0o600 })
      await nudge(layout)
      await until(async () => ((await unitOf(name))?.starts ?? 0) > before, signal)
    },
    stop: async (name, { signal } = {}) => {
      await rm(layout.addOnManifest(name), { force: true })
      await nudge(layout)
      await until(async () => (await unitOf(name))?.pid === undefined, signal)
    },
    status: async (name) => {
      const [unit, manifest] = await Promise.all([unitOf(name), readIfThere(layout.addOnManifest(name))])
      if (manifest === undefined) {
        // Ports may be kept for it without its ever having been here.
        const files = await readdir(layout.addOn(name)).catch(() => [])
        const isKnown = files.some((file) => file !== 'ports.json')
        return { state: 'absent', restarts: unit?.restarts ?? 0, ...(isKnown ? { lastError: 'It was stopped.' } : {}) }
      }
      if (!unit) return { state: 'starting', restarts: 0 }
      const { state, pid, restarts, lastError } = unit
      return {
        state,
        restarts,
        ...(pid === undefined ? {} : { pid }),
        ...(lastError === undefined ? {} : { lastError }),
      }
    },
    lastWords: (name) => lastWords(layout.log(name), 0),
  }
  return host
}

/** The Pod that a node would run: the supervisor reads its command, environment, account and mounts. */
const manifestOf = (wanted: HostProcess, account: string): string => {
  const { name, program, args, env = {}, serviceAccount, inCluster, startup } = wanted
  const get = startup && { host: '127.0.0.1', port: startup.port, path: startup.path, scheme: 'HTTP' }
  return stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...(serviceAccount ? { namespace: serviceAccount.namespace } : {}) },
    spec: {
      hostNetwork: true,
      ...(serviceAccount ? { serviceAccountName: serviceAccount.name } : {}),
      containers: [
        {
          name,
          command: [program, ...args],
          env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
          ...(get ? { startupProbe: { httpGet: get } } : {}),
          ...(inCluster ? { volumeMounts: [{ name: 'account', mountPath: ACCOUNT_MOUNT }] } : {}),
        },
      ],
      ...(inCluster ? { volumes: [{ name: 'account', hostPath: { path: account } }] } : {}),
    },
  })
}
