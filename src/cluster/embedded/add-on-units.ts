import { readdir } from 'node:fs/promises'
import { type PodSpec, parseStaticPod } from '../static-pod.ts'
import { createAccountKeeper } from './account-keeper.ts'
import type { Layout } from './layout.ts'
import type { ManifestReader } from './manifest-reader.ts'
import { withMounts } from './private-mounts.ts'
import type { ClusterRecord } from './record.ts'
import { fingerprint } from './status-file.ts'
import { createUnit, type Unit } from './unit.ts'

export type AddOnUnits = {
  readonly units: () => readonly Unit[]
  /** One look at all manifests of the folder; processes start once the API server is up. True while one is changing. */
  readonly reconcile: (isApiServerUp: boolean) => Promise<boolean>
}

/**
 * The Pods of the folder `addons/` as processes of this machine. They get what a kubelet gives a container: the address
 * of the API server, the token of their ServiceAccount, and mounts that they alone see.
 */
export const createAddOnUnits = (options: {
  readonly layout: Layout
  readonly record: ClusterRecord
  readonly files: ManifestReader
  readonly onChange: () => void
}): AddOnUnits => {
  const { layout, record, files, onChange } = options
  const units = new Map<string, Unit>()
  const specs = new Map<string, PodSpec>()
  const accounts = createAccountKeeper({ layout, record, onChange })

  const surroundings = (spec: PodSpec) => ({
    argv: withMounts(spec.argv, spec.mounts ?? {}),
    env: {
      ...process.env,
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: String(record.ports.apiserver),
      ...spec.env,
    },
  })
  const unitOf = (name: string): Unit => {
    const known = units.get(name)
    if (known) return known
    const made = createUnit({ name, logFile: layout.log(name), cwd: layout.dir, onChange, surroundings })
    units.set(name, made)
    return made
  }
  const follow = async (name: string): Promise<boolean> => {
    const file = await files.read(layout.addOnManifest(name))
    const unit = unitOf(name)
    if (file.kind === 'gone') {
      specs.delete(name)
      await unit.withdraw()
    } else if (file.kind === 'changed') {
      const parsed = parseStaticPod(file.text)
      if (parsed.kind === 'rejected') unit.reject(parsed.error, fingerprint(file.text))
      else {
        specs.set(name, parsed.spec)
        await unit.accept(parsed.spec, fingerprint(file.text))
      }
    }
    return file.kind === 'settling'
  }

  return {
    units: () => [...units.values()],
    reconcile: async (isApiServerUp) => {
      const there = await readdir(layout.addOns).catch(() => [])
      const names = there.filter((file) => file.endsWith('.yaml')).map((file) => file.slice(0, -'.yaml'.length))
      const settling = await Promise.all([...new Set([...names, ...units.keys()])].map(follow))
      for (const [name, spec] of isApiServerUp ? specs : []) {
        if (accounts.isReady(name, spec)) units.get(name)?.startIfDue()
      }
      return settling.includes(true)
    },
  }
}
