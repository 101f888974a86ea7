import { describe, expect, it } from 'vitest'
import { podState } from '../../../src/checks/pod-state.ts'
import type { Manifest } from '../../../src/core/api/objects.ts'

const pod = (status: { [key: string]: unknown }, more: { [key: string]: unknown } = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', ...more },
  spec: { containers: [{ name: 'main' }, { name: 'side' }] },
  status,
})
const main = (state: unknown, lastState: unknown = {}) => ({ containerStatuses: [{ name: 'main', state, lastState }] })

describe('the state of a Pod', () => {
  it('runs only when the container in question runs', () => {
    const status = { phase: 'Running', ...main({ running: {} }) }
    expect(podState(pod(status)).kind).toBe('running')
    expect(podState(pod(status), 'side').kind).toBe('coming')
    expect(podState(pod(status), 'other')).toEqual({ kind: 'no-container', names: ['main', 'side'] })
    expect(podState(pod(status, { deletionTimestamp: '2026-01-01T00:00:00Z' })).kind).toBe('over')
  })

  it.each([
    'CreateContainerError',
    'CreateContainerConfigError',
    'ErrImagePull',
    'ErrImageNeverPull',
    'InvalidImageName',
  ])('is stuck at %s, with the kubelet’s words', (reason) => {
    const waiting = { reason, message: 'its own words' }
    expect(podState(pod({ phase: 'Pending', ...main({ waiting }) }))).toEqual({
      kind: 'stuck',
      reason,
      message: 'its own words',
    })
  })

  it('may still come up while its container is made or an image is fetched', () => {
    for (const reason of ['ContainerCreating', 'PodInitializing']) {
      expect(podState(pod({ phase: 'Pending', ...main({ waiting: { reason } }) }))).toMatchObject({
        kind: 'coming',
        reason,
      })
    }
    const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' }]
    expect(podState(pod({ phase: 'Pending', conditions }))).toEqual({
      kind: 'coming',
      reason: 'Unschedulable',
      message: '0/1 nodes',
    })
    expect(podState(pod({}))).toMatchObject({ kind: 'coming', reason: 'Pending' })
  })

  it('says what a pause between attempts waits after', () => {
    const waiting = { reason: 'CrashLoopBackOff', message: 'back-off 10s' }
    const lastState = { terminated: { reason: 'StartError', exitCode: 128, message: 'exec: "sh": not found' } }
    expect(podState(pod({ phase: 'Running', ...main({ waiting }, lastState) }))).toMatchObject({
      kind: 'stuck',
      message: 'back-off 10s; exec: "sh": not found',
    })
  })

  it('tells a refused or failed Pod from one that did its work', () => {
    expect(podState(pod({ phase: 'Failed', reason: 'AppArmor', message: 'Cannot enforce AppArmor' }))).toEqual({
      kind: 'stuck',
      reason: 'AppArmor',
      message: 'Cannot enforce AppArmor',
    })
    expect(podState(pod({ phase: 'Succeeded', ...main({ terminated: { exitCode: 0 } }) })).kind).toBe('over')
    expect(podState(pod({ phase: 'Failed', ...main({ terminated: { exitCode: 3, reason: 'Error' } }) }))).toMatchObject(
      { kind: 'stuck', message: 'it ended with exit code 3' },
    )
  })

  it('is stuck when an init container is', () => {
    const status = {
      phase: 'Pending',
      ...main({ waiting: { reason: 'PodInitializing' } }),
      initContainerStatuses: [{ name: 'first', state: { waiting: { reason: 'ImagePullBackOff', message: 'no' } } }],
    }
    expect(podState(pod(status))).toMatchObject({ kind: 'stuck', reason: 'ImagePullBackOff' })
  })
})
