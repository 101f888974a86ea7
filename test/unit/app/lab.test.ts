import { describe, expect, it, vi } from 'vitest'
import { createLab, type Foreground } from '../../../src/app/lab.ts'
import { ToolError, UserError } from '../../../src/core/errors.ts'
import type { Progress, Verdict } from '../../../src/core/model.ts'
import type { Lab, LabState } from '../../../src/core/state.ts'
import { anAttempt, type FakeWorld, fakeWorld } from './fake-services.ts'

const NO_FOREGROUND: Foreground = { shell: async () => ({}), edit: async () => ({}) }
const passed: Verdict = { kind: 'passed', found: 'fine' }

/** Resolves with the state once it is as wanted. */
const until = (lab: Lab, wanted: (state: LabState) => boolean): Promise<LabState> =>
  new Promise((resolve) => {
    let stop = (): void => {}
    const look = (): void => {
      const state = lab.state()
      if (!wanted(state)) return
      stop()
      resolve(state)
    }
    stop = lab.subscribe(look)
    look()
  })
const inPhase = (lab: Lab, phase: string, id?: string) =>
  until(lab, ({ current }) => current?.phase === phase && (id === undefined || current.id === id))
/** Resolves once a fake was called like this. */
const called = (world: FakeWorld, entry: string) => vi.waitFor(() => expect(world.journal).toContain(entry))
const watching = (world: FakeWorld, lab: Lab, id: string) => {
  lab.subscribe(() => {})
  return called(world, `watch ${id}`)
}

const open = (world: FakeWorld, foreground = NO_FOREGROUND): Lab => createLab({ services: world.services, foreground })

describe('the lab', () => {
  it('is there at once, and starts nothing before somebody looks', async () => {
    const world = fakeWorld()
    const lab = open(world)
    expect(lab.state()).toMatchObject({ loading: true, lessons: [], cluster: { state: 'absent' } })
    await new Promise((resolve) => setImmediate(resolve))
    expect(world.journal).toEqual([])
    const seen = inPhase(lab, 'working')
    expect(world.journal).toEqual([]) // the first frame comes first
    await seen
    await lab.close()
  })

  it('goes from nothing to a graded lesson, and through a pass', async () => {
    const world = fakeWorld()
    world.answers.attack = [{ id: 'steal', summary: '403 Forbidden', good: true }]
    const lab = open(world)
    await inPhase(lab, 'working', 'L01')
    await watching(world, lab, 'L01')
    world.grader()?.graded(
      [
        { id: 'seen', verdict: passed, settling: false },
        { id: 'fixed', verdict: passed, settling: false },
      ],
      12,
    )
    const state = await until(lab, ({ current }) => current?.attack?.state === 'done')
    expect(state.current).toMatchObject({ phase: 'passed', attack: { steps: [{ now: '403 Forbidden' }, {}] } })
    await lab.close()
    expect(world.answers.progress.lessons.L01?.status).toBe('passed')
    expect(world.journal.filter((entry) => /begin|watch|replay/.test(entry))).toEqual([
      'begin L01',
      'watch L01',
      'replay',
    ])
  })

  it('stops grading, leaves the old lesson and only then begins the next', async () => {
    const world = fakeWorld()
    const lab = open(world)
    await watching(world, lab, 'L01')
    lab.send({ kind: 'next' })
    lab.send({ kind: 'confirm' })
    await inPhase(lab, 'working', 'L02')
    const order = world.journal.filter((entry) => /^(stop|leave|begin)/.test(entry))
    expect(order).toEqual(['begin L01', 'stop L01', 'leave L01', 'begin L02'])
    await lab.close()
  })

  it('cancels a beginning that takes long when another lesson is wanted', async () => {
    const world = fakeWorld()
    world.answers.hanging.add('begin')
    const lab = open(world)
    lab.subscribe(() => {})
    await called(world, 'begin L01')
    lab.send({ kind: 'next' })
    world.answers.hanging.clear()
    const state = await inPhase(lab, 'working', 'L02')
    expect(world.journal).toContain('begin L01 cancelled')
    expect(state.notices).toEqual([])
    await lab.close()
  })

  it('says what went wrong when a lesson does not begin, and tries again', async () => {
    const world = fakeWorld()
    world.answers.failures.set('begin', new UserError({ what: 'The seed was refused.', next: 'See doctor.' }))
    const lab = open(world)
    const state = await inPhase(lab, 'failed')
    expect(state.current?.problem).toEqual({ what: 'The seed was refused.', next: 'See doctor.' })
    world.answers.failures.clear()
    lab.send({ kind: 'regrade' })
    await inPhase(lab, 'working')
    await lab.close()
  })

  it('stays up when the cluster does not come up, and retries', async () => {
    const world = fakeWorld()
    const failure = new ToolError({ what: 'etcd exited.', next: 'Free its port.', argv: ['etcd'], output: '' })
    world.answers.failures.set('up', failure)
    const lab = open(world)
    const broken = await until(lab, ({ cluster, loading }) => cluster.state === 'broken' && !loading)
    expect(broken).toMatchObject({ cluster: { reason: 'etcd exited. Free its port.' }, current: { phase: 'reading' } })
    world.answers.failures.clear()
    lab.send({ kind: 'retry-cluster' })
    await inPhase(lab, 'working')
    await lab.close()
  })

  it('shows everything that fails on the way as a notice', async () => {
    const world = fakeWorld()
    world.answers.failures.set('save', new Error('disk full'))
    const lab = open(world)
    const state = await until(lab, ({ notices }) => notices.length > 0)
    expect(state.notices[0]).toMatchObject({ kind: 'error', what: expect.stringContaining('disk full') })
    await lab.close()
  })

  it('writes answers and looks at them at once', async () => {
    const world = fakeWorld()
    const lab = open(world)
    await watching(world, lab, 'L01')
    lab.send({ kind: 'answer', key: 'crown', value: 'ruby: "red"' })
    await called(world, 'regrade')
    lab.send({ kind: 'answer', key: 'crown', value: 'gold' })
    lab.send({ kind: 'quit' })
    await lab.close()
    expect(world.answers.files.get('answers.yaml')).toBe('crown: "gold"\n')
  })

  it('takes an earlier attempt up again', async () => {
    const world = fakeWorld()
    world.answers.attempt = anAttempt('L02')
    world.answers.progress = { version: 1, lessons: {}, last: 'L02' }
    const lab = open(world)
    const state = await inPhase(lab, 'working')
    expect(state.current?.id).toBe('L02')
    expect(world.journal).not.toContain('leave L02')
    await lab.close()
  })

  it('notes a failing shell or editor, and offers what can be edited', async () => {
    const world = fakeWorld()
    world.answers.files.set('notes.txt', '')
    const lab = open(world, {
      shell: async () => {
        throw new UserError({ what: 'nosuchshell was not found.', next: 'Set SHELL.' })
      },
      edit: async ({ file }) => ({ note: `${file}: in effect` }),
    })
    await inPhase(lab, 'working')
    expect(await lab.handover({ kind: 'shell' })).toEqual({ note: 'nosuchshell was not found. Set SHELL.' })
    expect(await lab.handover({ kind: 'edit', file: 'kube-apiserver.yaml' })).toEqual({
      note: 'kube-apiserver.yaml: in effect',
    })
    expect(lab.editable().map((file) => file.name)).toEqual(['notes.txt', 'kube-apiserver.yaml'])
    await lab.close()
  })

  it('cancels a bring-up when it is closed, and saves nothing that was never read', async () => {
    const world = fakeWorld()
    world.answers.hanging.add('up')
    world.answers.hanging.add('lessons')
    const lab = open(world)
    lab.subscribe(() => {})
    await called(world, 'up')
    lab.send({ kind: 'quit' })
    lab.send({ kind: 'confirm' })
    expect(lab.state().closing).toBe(true)
    await lab.close()
    expect(world.journal).toContain('up cancelled')
    expect(world.journal).not.toContain('save')
  })

  it('says what its progress grew from with each save, whatever was written beside it', async () => {
    const world = fakeWorld()
    const loaded = world.answers.progress
    const saves: (readonly [Progress, Progress | undefined])[] = []
    const services: FakeWorld['services'] = {
      ...world.services,
      saveProgress: async (progress, from) => {
        saves.push([progress, from])
        return progress
      },
    }
    const lab = createLab({ services, foreground: NO_FOREGROUND })
    await inPhase(lab, 'working', 'L01')
    await watching(world, lab, 'L01')
    const before = saves.length
    lab.send({ kind: 'hint' })
    await vi.waitFor(() => expect(saves.length).toBeGreaterThan(before))
    for (const [index, [, from]] of saves.entries()) expect(from).toEqual(saves[index - 1]?.[0] ?? loaded)
    await lab.close()
  })
})
