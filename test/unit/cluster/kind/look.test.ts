import { describe, expect, it } from 'vitest'
import { statusOf } from '../../../../src/cluster/kind/components.ts'
import { sightsIn } from '../../../../src/cluster/kind/look.ts'
import { podResult } from '../../../../src/cluster/kind/node-probe.ts'

const see = (name: 'kube-apiserver' | 'kubelet', ...lines: string[]) =>
  statusOf(name, sightsIn(lines.join('\n'), [name])[name])

describe('a component as its node shows it', () => {
  const present = 'present\tkube-apiserver\tyes'
  const container = (state: string, attempt = 0) =>
    `container\tkube-apiserver\tabc ${state} 1795447329214 ${attempt} 9135379792f6`

  it('runs when its container runs and its health check is answered, also by a refusal', () => {
    const since = new Date(1795447329214).toISOString()
    for (const health of [200, 401, 403]) {
      expect(
        see(
          'kube-apiserver',
          present,
          container('running', 2),
          'pid\tkube-apiserver\t744',
          `health\tkube-apiserver\t${health}`,
        ),
      ).toEqual({ name: 'kube-apiserver', state: 'running', pid: 744, since, restarts: 2 })
    }
    for (const health of ['000', '500']) {
      expect(see('kube-apiserver', present, container('running'), `health\tkube-apiserver\t${health}`).state).toBe(
        'starting',
      )
    }
  })

  it('says its last words when its container ended', () => {
    expect(
      see('kube-apiserver', present, container('exited', 1), 'words\tkube-apiserver\tError: unknown flag: --a\tb'),
    ).toEqual({ name: 'kube-apiserver', state: 'backoff', restarts: 1, lastError: 'unknown flag: --a\tb' })
  })

  it('starts while it has no container, and is absent without a manifest', () => {
    expect(see('kube-apiserver', present).state).toBe('starting')
    expect(see('kube-apiserver', present, container('created')).state).toBe('starting')
    expect(see('kube-apiserver', container('running'))).toEqual({
      name: 'kube-apiserver',
      state: 'absent',
      restarts: 0,
    })
  })

  it('is a unit of systemd when it is the kubelet', () => {
    const unit = (...facts: string[]) => ['LoadState=loaded', ...facts].map((fact) => `unit\tkubelet\t${fact}`)
    expect(
      see(
        'kubelet',
        ...unit('ActiveState=active', 'NRestarts=0', 'MainPID=890', 'ExecMainStartTimestamp=@1795447340'),
        'health\tkubelet\t200',
      ),
    ).toEqual({ name: 'kubelet', state: 'running', pid: 890, since: '2026-11-23T15:22:20.000Z', restarts: 0 })
    const words =
      'words\tkubelet\tE1123 16:05:19.391565   16797 run.go:72] "command failed" err="failed to load kubelet config file"'
    const dying = unit('ActiveState=activating', 'SubState=auto-restart', 'NRestarts=3', 'MainPID=0')
    expect(see('kubelet', ...dying, words)).toEqual({
      name: 'kubelet',
      state: 'backoff',
      restarts: 3,
      lastError: 'failed to load kubelet config file',
    })
    const again = (age: number) =>
      see(
        'kubelet',
        ...unit('ActiveState=active', 'SubState=running', 'NRestarts=3', 'MainPID=9', `Age=${age}`),
        'health\tkubelet\t000',
        words,
      )
    expect(again(0)).toMatchObject({ state: 'backoff', lastError: 'failed to load kubelet config file' })
    expect(again(30).state).toBe('starting')
    const preparing = unit('ActiveState=activating', 'SubState=start-pre', 'NRestarts=0', 'MainPID=0')
    expect(see('kubelet', ...preparing)).toEqual({ name: 'kubelet', state: 'starting', restarts: 0 })
    const onceMore = unit('ActiveState=activating', 'SubState=start-pre', 'NRestarts=4', 'MainPID=0')
    expect(see('kubelet', ...onceMore, words)).toMatchObject({ state: 'backoff', restarts: 4 })
    expect(see('kubelet', ...unit('ActiveState=inactive', 'NRestarts=0')).state).toBe('absent')
  })
})

describe("a command in a Pod, told apart from kubectl's own failures", () => {
  it("keeps the command's own result", () => {
    const stderr = 'no\ncommand terminated with exit code 7\n'
    expect(podResult({ code: 7, stdout: 'a', stderr }, 'shop/web', 'sh')).toEqual({
      code: 7,
      stdout: 'a',
      stderr: 'no\n',
    })
  })

  it.each([
    ['Error from server (NotFound): pods "web" not found\n', /pods "web" not found/],
    [
      'error: Internal error occurred: OCI runtime exec failed: exec: "id": executable file not found in $PATH\n',
      /could not be run in Pod/,
    ],
  ])('says what could not be run: %s', (stderr, words) => {
    expect(() => podResult({ code: 1, stdout: '', stderr }, 'shop/web', 'id')).toThrow(words)
  })
})
