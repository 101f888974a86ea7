import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { read } from '../core/api/objects.ts'
import { askVault, vaultOrThrow, vaultRootToken } from '../core/api/vault.ts'
import type { Probe } from '../core/ports.ts'
import type { AddOn, AddOnContext, HostPlace, Readiness } from './add-on.ts'
import { pictureVault, vaultExtras } from './vault-contents.ts'

const NAME = 'vault'
/** Keeps what Vault itself is started with: its certificate, and the token of whoever set it up. */
const KEPT = 'vault-server'
const encoded = (text: string): string => Buffer.from(text).toString('base64')
const decoded = (text: string | undefined): string => Buffer.from(text ?? '', 'base64').toString()

const keptIn = async (probe: Probe, signal?: AbortSignal): Promise<Readonly<Record<string, string>> | undefined> => {
  const secret = await read(probe, { apiVersion: 'v1', kind: 'Secret', namespace: NAME, name: KEPT }, { signal })
  return secret?.data as Readonly<Record<string, string>> | undefined
}

const values: NonNullable<AddOn['values']> = async ({ probe, signal, certify }) => {
  const kept = await keptIn(probe, signal)
  const fresh = async () => {
    const { ca, cert, key } = await certify({ dns: ['vault.vault.svc', 'localhost'], ips: ['127.0.0.1'] })
    // A dot in it means a token of another kind to Vault, and it refuses to start.
    const token = `lab-${randomBytes(24).toString('hex')}`
    return { token: encoded(token), 'ca.crt': encoded(ca), 'tls.crt': encoded(cert), 'tls.key': encoded(key) }
  }
  const all: Readonly<Record<string, string>> = kept ?? (await fresh())
  return {
    token: all.token ?? '',
    ca: all['ca.crt'] ?? '',
    cert: all['tls.crt'] ?? '',
    key: all['tls.key'] ?? '',
    'ca-text': JSON.stringify(decoded(all['ca.crt'])),
  }
}

/** JSON is HCL. This listener is the right one; that of dev mode cannot be switched off, and speaks in the clear. */
const configOf = ({ folder, ports }: HostPlace): string =>
  JSON.stringify({
    disable_mlock: true,
    disable_clustering: true,
    ui: false,
    listener: {
      tcp: {
        address: `127.0.0.1:${ports.https}`,
        tls_cert_file: join(folder, 'tls.crt'),
        tls_key_file: join(folder, 'tls.key'),
      },
    },
  })

const health = async ({ probe, signal }: AddOnContext): Promise<{ readonly cluster_id?: string }> =>
  (await askVault(probe, { path: '/sys/health', signal })).json as { readonly cluster_id?: string }

const ready = async (context: AddOnContext): Promise<Readiness> => {
  await health(context)
  return { kind: 'ready' }
}

/** Logins of ServiceAccounts: Vault asks the API server who a token is, with its own account. It keeps all in memory. */
const configure = async (context: AddOnContext): Promise<void> => {
  const { probe, ports, signal } = context
  const token = await vaultRootToken(probe, signal)
  const call = async (what: string, method: 'GET' | 'POST', path: string, body?: unknown) =>
    vaultOrThrow(await askVault(probe, { method, path, token, body, signal }), what)
  const mounts = (await call('read how Vault lets in', 'GET', '/sys/auth')).json as Record<string, unknown>
  if ('kubernetes/' in mounts) return
  await call('switch on Vault’s kubernetes logins', 'POST', '/sys/auth/kubernetes', { type: 'kubernetes' })
  const inside = Object.keys(ports).length === 0 ? 'https://kubernetes.default.svc' : probe.server
  await call('tell Vault where the API server is', 'POST', '/auth/kubernetes/config', { kubernetes_host: inside })
  await pictureVault(context)
}

export const vault: AddOn = {
  name: NAME,
  title: 'Vault',
  version: 'v1.21.1',
  namespace: NAME,
  crds: [],
  values,
  kind: { deployment: NAME, images: [NAME] },
  embedded: {
    tools: [NAME],
    ports: ['https', 'dev'],
    process: async (place) => {
      const { folder, values: kept, ports, tools } = place
      const put = (file: string, text: string) => writeFile(join(folder, file), text, { mode: 0o600 })
      await put('tls.crt', decoded(kept.cert))
      await put('tls.key', decoded(kept.key))
      await put('vault.json', configOf(place))
      return {
        program: tools[NAME] ?? NAME,
        args: [
          'server',
          '-dev',
          '-dev-no-store-token',
          `-dev-listen-address=127.0.0.1:${ports.dev}`,
          `-config=${join(folder, 'vault.json')}`,
        ],
        env: { HOME: folder, VAULT_DEV_ROOT_TOKEN_ID: decoded(kept.token), SKIP_SETCAP: 'true' },
        serviceAccount: { namespace: NAME, name: NAME },
        // It looks for the token that it asks the API server with only where a container would.
        inCluster: true,
        startup: { port: ports.dev ?? 0, path: '/v1/sys/health' },
      }
    },
    service: { name: NAME, ports: { https: 'https' } },
  },
  ready,
  configure,
  extras: vaultExtras,
  life: async (context) => (await health(context)).cluster_id ?? '',
}
