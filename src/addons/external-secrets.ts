import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isOk, statusMessage } from '../core/api/reply.ts'
import { EXTERNAL_SECRETS_VERSION } from '../tools/catalogue/external-secrets.ts'
import type { AddOn, AddOnContext, HostPlace, Readiness, Release } from './add-on.ts'

const NAME = 'external-secrets'
const MODULE = 'github.com/external-secrets/external-secrets'
const CRDS = 'deploy/crds/bundle.yaml'
const METRICS = `/api/v1/namespaces/${NAME}/services/http:${NAME}:metrics/proxy/metrics`
/** A series that each controller adds when it begins to work. */
const WORKING = /^controller_runtime_max_concurrent_reconciles\{controller="externalsecret"\} [1-9]/m

/**
 * The newest that its publisher has images of, and supports. From 1.0 on its module is split into modules that are in one
 * repository only, so no proxy serves what would build it.
 */
const PUBLISHED: Release = {
  version: 'v2.9.0',
  crds: [
    {
      name: 'external-secrets-crds.yaml',
      url: `https://raw.githubusercontent.com/external-secrets/external-secrets/v2.9.0/${CRDS}`,
      sha256: '08b08d88e9522436698d6c90510b530d491081fbf92015faa7a571bb8b50bc5b',
    },
  ],
}

/** What of the operator the lab uses; the same on both backends. */
const SWITCHES = [
  '--enable-leader-election=false',
  '--enable-cluster-external-secret-reconciler=false',
  '--enable-cluster-push-secret-reconciler=false',
  '--enable-push-secret-reconciler=false',
  // A store that worked is looked at again this often; a learner who breaks it should not wait minutes to see it.
  '--store-requeue-interval=20s',
]

const ready = async ({ probe, signal }: AddOnContext): Promise<Readiness> => {
  const reply = await probe.api({ method: 'GET', path: METRICS, signal, timeoutMs: 3000 })
  if (!isOk(reply)) return { kind: 'waiting', reason: statusMessage(reply) }
  return WORKING.test(reply.text) ? { kind: 'ready' } : { kind: 'waiting', reason: 'its controllers are starting' }
}

/**
 * Its provider for AWS asks the lab's own Parameter Store, and knows no credentials but those that a store refers to. The
 * operator has one address for all stores: it cannot ask AWS itself as well.
 */
const awsOf = ({ others }: HostPlace): Readonly<Record<string, string>> => ({
  AWS_SSM_ENDPOINT: `http://127.0.0.1:${others['parameter-store']?.http}`,
  // An empty word counts as none.
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_ACCESS_KEY_ID: '',
  AWS_SECRET_ACCESS_KEY: '',
  AWS_SESSION_TOKEN: '',
  AWS_PROFILE: '',
  AWS_WEB_IDENTITY_TOKEN_FILE: '',
})

/** A kubeconfig that reads the token anew whenever the supervisor has replaced it. */
const kubeconfigOf = ({ server, ca, accountFolder }: HostPlace): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'lab',
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: NAME } }],
    clusters: [{ name: 'lab', cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: [{ name: NAME, user: { tokenFile: join(accountFolder, 'token') } }],
  })

export const externalSecrets: AddOn = {
  name: NAME,
  title: 'External Secrets Operator',
  version: EXTERNAL_SECRETS_VERSION,
  namespace: NAME,
  crds: [
    {
      name: 'external-secrets-crds.yaml',
      url: `https://raw.githubusercontent.com/external-secrets/external-secrets/${EXTERNAL_SECRETS_VERSION}/${CRDS}`,
      sha256: '00f11e2343793a9ca70aacadd4ee8cac383afca3ba0a22618ba4b3f8404caeae',
      module: { path: MODULE, version: EXTERNAL_SECRETS_VERSION, file: CRDS },
    },
  ],
  kind: { deployment: NAME, images: [NAME], published: PUBLISHED },
  embedded: {
    tools: [NAME],
    ports: ['metrics'],
    calls: { 'parameter-store': ['http'] },
    process: async (place) => {
      const kubeconfig = join(place.folder, 'kubeconfig')
      await writeFile(kubeconfig, kubeconfigOf(place), { mode: 0o600 })
      return {
        program: place.tools[NAME] ?? NAME,
        args: [...SWITCHES, `--metrics-addr=127.0.0.1:${place.ports.metrics}`],
        env: { KUBECONFIG: kubeconfig, ...awsOf(place) },
        serviceAccount: { namespace: NAME, name: NAME },
        startup: { port: place.ports.metrics ?? 0, path: '/metrics' },
      }
    },
    service: { name: NAME, ports: { metrics: 'metrics' } },
  },
  ready,
}
