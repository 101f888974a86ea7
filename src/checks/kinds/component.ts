import type { Finding } from '../../core/model.ts'
import type { CheckContext, ComponentStatus } from '../../core/ports.ts'
import { z } from '../fields.ts'
import { cut, finding } from '../findings.ts'
import { defineKind } from '../kind.ts'

const NAMES = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet'] as const

const schema = z.strictObject({ name: z.enum(NAMES), runs: z.literal(true, { error: 'expected true' }) })
type Fields = z.infer<typeof schema>

const STATE: Readonly<Record<ComponentStatus['state'], string>> = {
  absent: 'it is not there',
  starting: 'it is starting',
  running: 'it runs',
  backoff: 'it exits and is started again and again',
  stale: 'it still runs from its earlier manifest, because the present one was rejected',
}

const expected = (fields: Fields): string => `${fields.name} runs from its present manifest`

const run = async (fields: Fields, { probe }: CheckContext): Promise<Finding> => {
  const status = await probe.component(fields.name)
  const lastError = status.state === 'running' ? '' : (status.lastError ?? '')
  return finding({
    met: status.state === 'running',
    expected: expected(fields),
    found: `${fields.name}: ${STATE[status.state]}${lastError === '' ? '' : `; its last words: ${cut(lastError, 500)}`}`,
    summary: status.state,
    data: { state: status.state, lastError },
  })
}

/** A control-plane process that runs from what its manifest says now. */
export const component = defineKind<Fields>({
  kind: 'component',
  schema,
  lagMs: 0,
  watches: (fields) => [{ kind: 'component', name: fields.name }],
  run,
  expected,
  reproduce: () => 'k8s-sec-lab cluster status',
})
