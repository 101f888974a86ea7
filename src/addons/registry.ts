import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { list } from '../core/api/objects.ts'
import { askRegistry, listRepositories, REGISTRY_NAMESPACE } from '../core/api/registry.ts'
import { isOk } from '../core/api/reply.ts'
import { REGISTRY_VERSION } from '../tools/catalogue/registry.ts'
import type { AddOn, AddOnContext, HostPlace, Readiness } from './add-on.ts'

const NAME = 'registry'
const DATA = 'data'
/** Says in every answer which life of what it keeps this is. */
const LIFE_HEADER = 'X-Lab-Life'

/** Kept beside the images: it is gone when they are. */
const lifeIn = async (data: string): Promise<string> => {
  const file = join(data, 'life')
  const kept = await readFile(file, 'utf8').catch(() => '')
  if (kept !== '') return kept
  const life = randomUUID()
  await mkdir(data, { recursive: true, mode: 0o700 })
  await writeFile(file, life, { mode: 0o600 })
  return life
}

/** JSON is YAML. Keep in step with clusters/addons/registry/kind/server.yaml. */
const configOf = ({ ports }: HostPlace, data: string, life: string): string =>
  JSON.stringify({
    version: '0.1',
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: data },
      delete: { enabled: true },
      maintenance: { uploadpurging: { enabled: false } },
    },
    http: { addr: `127.0.0.1:${ports.http}`, headers: { [LIFE_HEADER]: [life] } },
  })

const ask = ({ probe, signal }: AddOnContext) => askRegistry(probe, { path: '/v2/', signal })

const ready = async (context: AddOnContext): Promise<Readiness> => {
  const reply = await ask(context)
  return isOk(reply) ? { kind: 'ready' } : { kind: 'waiting', reason: `it answered ${reply.status}` }
}

/** In a container, what it keeps lives as long as the Pod. */
const life = async (context: AddOnContext): Promise<string> => {
  const { probe, signal } = context
  const { headers } = await ask(context)
  const pods = await list(probe, { apiVersion: 'v1', kind: 'Pod', namespace: REGISTRY_NAMESPACE }, { signal })
  return [...pods.map(({ metadata }) => String(metadata?.uid)), headers[LIFE_HEADER.toLowerCase()] ?? '']
    .join(' ')
    .trim()
}

/** A registry of container images (CNCF distribution), without accounts. */
export const registry: AddOn = {
  name: NAME,
  title: 'Registry (distribution)',
  version: REGISTRY_VERSION,
  namespace: REGISTRY_NAMESPACE,
  crds: [],
  kind: { deployment: NAME, images: [NAME] },
  embedded: {
    tools: [NAME],
    ports: ['http'],
    scratch: DATA,
    process: async (place) => {
      const data = join(place.folder, DATA)
      const config = join(place.folder, 'config.json')
      await writeFile(config, configOf(place, data, await lifeIn(data)), { mode: 0o600 })
      return {
        program: place.tools[NAME] ?? NAME,
        args: ['serve', config],
        // It sends traces to a collector unless told not to.
        env: { HOME: place.folder, OTEL_TRACES_EXPORTER: 'none' },
        startup: { port: place.ports.http ?? 0, path: '/v2/' },
      }
    },
    service: { name: NAME, ports: { http: 'http' } },
  },
  ready,
  // The registry has no way to forget a repository, nor to name a manifest without a tag: it is started anew, empty.
  extras: async ({ probe, signal }) =>
    (await listRepositories(probe, { signal })).map((repository) => ({ name: `registry ${repository}` })),
  life,
}
