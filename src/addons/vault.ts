import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { read } from '../core/api/objects.ts'
import { isOk, orThrow, statusMessage } from '../core/api/reply.ts'
import type { Probe } from '../core/ports.ts'
import type { AddOn, AddOnContext, HostPlace, Readiness } from './add-on.ts'

const NAME = 'vault'
/** Keeps what Vault itself is started with: its certificate, and the token of whoever set it up. */
const KEPT = 'vault-server'
/** The way to Vault that both backends have: through the API server, which brings a header along that it does not know. */
const PROXY = `/api/v1/namespaces/${NAME}/services/https:${NAME}:https/proxy/v1`

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

/** JSON is HCL. Only this listener is for others; the one of dev mode cannot be switched off and stays on loopback. */
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

const ready = async ({ probe, signal }: AddOnContext): Promise<Readiness> => {
  const reply = await probe.api({ method: 'GET', path: `${PROXY}/sys/health`, signal, timeoutMs: 3000 })
  return isOk(reply) ? { kind: 'ready' } : { kind: 'waiting', reason: statusMessage(reply) }
}

/** Logins of ServiceAccounts: Vault asks the API server who a token is, with its own account. It keeps all in memory. */
const configure = async ({ probe, ports, signal }: AddOnContext): Promise<void> => {
  const token = decoded((await keptIn(probe, signal))?.token)
  const call = (method: 'GET' | 'POST', path: string, body?: unknown) =>
    probe.api({ method, path: `${PROXY}${path}`, headers: { 'x-vault-token': token }, body, signal })
  const mounts = orThrow(await call('GET', '/sys/auth'), 'read how Vault lets in').json as Record<string, unknown>
  if ('kubernetes/' in mounts) return
  orThrow(await call('POST', '/sys/auth/kubernetes', { type: 'kubernetes' }), 'switch on Vault’s kubernetes logins')
  const inside = Object.keys(ports).length === 0 ? 'https://kubernetes.default.svc' : probe.server
  orThrow(
    await call('POST', '/auth/kubernetes/config', { kubernetes_host: inside }),
    'tell Vault where the API server is',
  )
}

export const vault: AddOn = {
  name: NAME,
  title: 'Vault',
  version: 'v1.19.0',
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
}
