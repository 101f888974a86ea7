import { isOk, statusMessage } from '../core/api/reply.ts'
import type { AddOn, AddOnContext, Readiness } from './add-on.ts'

const NAME = 'parameter-store'
const NAMESPACE = 'aws'
/** Of moto, which keeps the parameters and speaks the API of AWS; keep in step with requirements.txt and clusters/images.yaml. */
const VERSION = '5.2.3'
const HEALTH = `/api/v1/namespaces/${NAMESPACE}/services/http:${NAME}:http/proxy/health`

const ready = async ({ probe, signal }: AddOnContext): Promise<Readiness> => {
  const reply = await probe.api({ method: 'GET', path: HEALTH, signal, timeoutMs: 3000 })
  return isOk(reply) ? { kind: 'ready' } : { kind: 'waiting', reason: statusMessage(reply) }
}

/** AWS Systems Manager Parameter Store for one lab: clusters/addons/parameter-store/server/ says what stands for what. */
export const parameterStore: AddOn = {
  name: NAME,
  title: 'Parameter Store (moto)',
  version: VERSION,
  namespace: NAMESPACE,
  crds: [],
  kind: { deployment: NAME, images: [NAME] },
  embedded: {
    tools: [],
    python: 'requirements.txt',
    ports: ['http'],
    process: async ({ python, ports, accountFolder, ownFiles }) => ({
      program: python?.program ?? 'python3',
      args: [
        `${ownFiles}/server/serve.py`,
        '--host=127.0.0.1',
        `--port=${ports.http}`,
        `--account-folder=${accountFolder}`,
        `--namespace=${NAMESPACE}`,
      ],
      env: {
        PYTHONPATH: python?.packages ?? '',
        PYTHONNOUSERSITE: '1',
        PYTHONDONTWRITEBYTECODE: '1',
      },
      serviceAccount: { namespace: NAMESPACE, name: NAME },
      startup: { port: ports.http ?? 0, path: '/health' },
    }),
    service: { name: NAME, ports: { http: 'http' } },
  },
  ready,
}
