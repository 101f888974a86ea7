import { describe, expect, it, vi } from 'vitest'
import { answer } from '../../../src/commands/answer.ts'
import { attack } from '../../../src/commands/attack.ts'
import { begin } from '../../../src/commands/begin.ts'
import { check } from '../../../src/commands/check.ts'
import { hint } from '../../../src/commands/hint.ts'
import { list } from '../../../src/commands/list.ts'
import { reset } from '../../../src/commands/reset.ts'
import { solution } from '../../../src/commands/solution.ts'
import { withLesson } from '../../../src/core/course.ts'
import { UnreachableError } from '../../../src/core/errors.ts'
import type { Verdict } from '../../../src/core/model.ts'
import { anAttempt } from '../app/fake-services.ts'
import { aLesson } from '../core/lesson-fixture.ts'
import { commandBench } from './run-command.ts'

const passed: Verdict = { kind: 'passed', found: 'as it should be' }
const failed: Verdict = {
  kind: 'failed',
  expected: 'one role',
  found: 'two roles',
  why: 'Less is more.',
  reproduce: 'kubectl get roles',
}
const result = (id: string, verdict: Verdict) => ({ id, verdict, settling: false })

/** A bench with L01 in the cluster. */
const begun = (options: Parameters<typeof commandBench>[0] = {}) => {
  const bench = commandBench(options)
  bench.world.answers.attempt = anAttempt('L01')
  bench.world.answers.progress = {
    ...withLesson({ version: 1, lessons: {} }, 'L01', { status: 'started' }),
    last: 'L01',
  }
  return bench
}

describe('list', () => {
  it('prints the JSON contract', async () => {
    const bench = begun()
    const { code, out } = await bench.run((context) => list(context, { json: true }))
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual({
      lessons: ['L01', 'L02'].map((id) => ({
        id,
        title: `Lesson ${id}`,
        module: 'authorization',
        layer: 'identity',
        minutes: 10,
        needs: ['api'],
        backends: ['embedded', 'kind'],
        status: id === 'L01' ? 'started' : 'new',
      })),
    })
  })

  it('says which lessons cannot run here and why, and asks no cluster', async () => {
    const bench = begun({ flags: { backend: 'embedded' } })
    const needs = { capabilities: ['api', 'nodes'] as const, tools: [], addons: [] }
    bench.world.answers.lessons = [aLesson({ id: 'L01' }), aLesson({ id: 'L09', module: 'hosts', needs })]
    const { out } = await bench.run((context) => list(context, {}))
    expect(out).toBe(
      [
        'Lessons: 0 of 2 done.',
        '',
        'Authorization:',
        '  1. L01 Lesson L01, about 10 minutes: begun. You are here.',
        '',
        'Hosts:',
        '  2. L09 Lesson L09, about 10 minutes: not begun. Not here: it needs real nodes:',
        '     start with --backend kind.',
        '',
      ].join('\n'),
    )
    expect(bench.world.journal).not.toContain('cluster')
    // Before a backend was chosen nothing is out of reach: only what a lesson asks is said.
    const undecided = await commandBench({ world: bench.world }).run((context) => list(context, {}))
    expect(undecided.out).toContain('L09 Lesson L09, about 10 minutes: not begun. It needs real nodes (backend')
    expect(undecided.out).not.toContain('Not here')
  })
})

describe('check', () => {
  it('prints the JSON contract: every field is always there', async () => {
    const bench = begun()
    bench.world.answers.results = [
      result('seen', { kind: 'unknown', reason: 'etcd gives no answer' }),
      result('fixed', failed),
    ]
    const { code, out } = await bench.run((context) => check(context, { json: true }, []))
    expect(code).toBe(1)
    expect(JSON.parse(out)).toEqual({
      lesson: 'L01',
      backend: 'embedded',
      verdict: 'failed',
      checks: [
        {
          id: 'seen',
          title: 'Check seen',
          verdict: 'unknown',
          expected: null,
          found: null,
          why: 'etcd gives no answer',
          reproduce: null,
        },
        {
          id: 'fixed',
          title: 'Check fixed',
          verdict: 'failed',
          expected: 'one role',
          found: 'two roles',
          why: 'Less is more.',
          reproduce: 'kubectl get roles',
        },
      ],
    })
  })

  it('ends with 0 for a pass, notes it, and keeps an edge', async () => {
    const bench = begun()
    bench.world.answers.results = [result('seen', passed), result('fixed', failed)]
    expect((await bench.run((context) => check(context, {}, []))).code).toBe(1)
    bench.world.answers.results = [result('seen', failed), result('fixed', passed)]
    const { code, out } = await bench.run((context) => check(context, {}, []))
    expect(code).toBe(0)
    expect(out).toContain('Checks: 2 of 2 passed.')
    expect(bench.world.answers.progress.lessons.L01).toMatchObject({ status: 'passed', edges: ['seen'] })
  })

  it('ends with 3 when nothing is wrong but something could not be checked', async () => {
    const bench = begun()
    bench.world.answers.results = [result('seen', passed), result('fixed', { kind: 'unknown', reason: 'no answer' })]
    const { code, out } = await bench.run((context) => check(context, {}, []))
    expect(code).toBe(3)
    expect(out).toContain('Some checks could not be made; that says nothing about your work.')
  })

  it('says so when a lesson that was passed no longer holds', async () => {
    const bench = begun()
    bench.world.answers.progress = withLesson({ version: 1, lessons: {} }, 'L01', { status: 'passed' })
    bench.world.answers.results = [result('seen', passed), result('fixed', failed)]
    const { code, out } = await bench.run((context) => check(context, {}, []))
    expect(code).toBe(1)
    expect(out).toContain('it stays passed')
    expect(bench.world.answers.progress.lessons.L01?.status).toBe('passed')
  })

  it('gives scripts JSON also when nothing answers', async () => {
    const bench = begun()
    const outage = new UnreachableError({ component: 'kube-apiserver', what: 'kube-apiserver gives no answer.' })
    bench.world.answers.failures.set('grade', outage)
    const { code, out } = await bench.run((context) => check(context, { json: true }, []))
    expect(code).toBe(3)
    expect(JSON.parse(out)).toMatchObject({
      verdict: 'unknown',
      checks: [{ verdict: 'unknown' }, { verdict: 'unknown' }],
    })
  })

  it('refuses without a cluster, and without a lesson in it, each with what to do', async () => {
    const bench = begun()
    bench.world.answers.status = { ...bench.world.answers.status, state: 'broken', reason: 'etcd exits' }
    expect(await bench.run((context) => check(context, {}, []))).toMatchObject({
      code: 3,
      err: 'The cluster is broken: etcd exits.\nBring it up or repair it: k8s-sec-lab cluster up\n',
    })
    expect(await bench.run((context) => check(context, {}, ['L02']))).toMatchObject({
      code: 2,
      err: 'L02 (Lesson L02) is not in the cluster.\nBegin it: k8s-sec-lab begin L02\n',
    })
    expect(await commandBench().run((context) => check(context, {}, []))).toMatchObject({
      code: 2,
      err: expect.stringContaining('No lesson has begun yet.'),
    })
  })

  it('watches: the whole list first, then only what changes, until it is interrupted', async () => {
    const bench = begun()
    const running = bench.run((context) => check(context, { watch: true }, []))
    await vi.waitFor(() => expect(bench.world.grader()).toBeDefined())
    bench.world.grader()?.graded([result('seen', passed), result('fixed', failed)], 5)
    const first = bench.out()
    expect(first).toContain('Checks: 1 of 2 passed.')
    bench.world.grader()?.graded([result('seen', passed), result('fixed', failed)], 5)
    expect(bench.out()).toBe(first)
    bench.world.grader()?.graded([{ ...result('fixed', passed), settling: true }], 5)
    expect(bench.out()).toBe(first)
    bench.world.grader()?.graded([result('fixed', passed)], 5)
    expect(bench.out().slice(first.length)).toBe('2. passed: Check fixed.\nChecks: 2 of 2 passed.\n')
    bench.interrupt()
    expect((await running).code).toBe(130)
    expect(bench.world.answers.progress.lessons.L01?.status).toBe('passed')
  })

  it('watches as JSON: one report a line', async () => {
    const bench = begun()
    const running = bench.run((context) => check(context, { watch: true, json: true }, []))
    await vi.waitFor(() => expect(bench.world.grader()).toBeDefined())
    bench.world.grader()?.graded([result('seen', passed), result('fixed', failed)], 5)
    bench.world.grader()?.graded([result('fixed', passed)], 5)
    bench.interrupt()
    const lines = (await running).out.trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).verdict)).toEqual(['failed', 'passed'])
  })
})

describe('begin', () => {
  it('brings the cluster up, prints the text with its values, and where the files are', async () => {
    const bench = commandBench()
    const { code, out } = await bench.run((context) => begin(context, {}, ['L01']))
    expect(code).toBe(0)
    expect(out).toContain('Lesson: Lesson L01. Authorization, about 10 minutes. Backend: embedded, ready,\nv1.34.3.')
    expect(out).toContain('Read ruby in ')
    expect(out).toContain('Your files: ')
    expect(bench.world.journal.filter((entry) => !/save|cluster/.test(entry))).toEqual([
      'lock',
      'up',
      'begin L01',
      'unlock',
    ])
    expect(bench.world.answers.progress).toMatchObject({ last: 'L01', lessons: { L01: { status: 'started' } } })
  })

  it('asks before it leaves an unfinished lesson; without a terminal it needs --yes', async () => {
    const bench = begun()
    const refused = await bench.run((context) => begin(context, {}, ['L02']))
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('Add --yes') })
    expect(bench.world.journal).not.toContain('leave L01')
    const agreed = begun({ flags: { yes: true } })
    expect((await agreed.run((context) => begin(context, {}, ['L02']))).code).toBe(0)
    expect(agreed.world.journal).toContain('leave L01')
    const typed = begun({ tty: true, input: 'n\n' })
    expect((await typed.run((context) => begin(context, {}, ['L02']))).code).toBe(0)
    expect(typed.world.journal).not.toContain('leave L01')
    const yes = begun({ tty: true, input: 'Yes\n' })
    await yes.run((context) => begin(context, {}, ['L02']))
    expect(yes.world.journal).toContain('leave L01')
  })

  it('takes up a lesson that is in the cluster already', async () => {
    const bench = begun()
    const { out } = await bench.run((context) => begin(context, {}, ['L01']))
    expect(out).toContain('It had begun before')
  })

  it('lets go of the lock also when it fails, and says near names for a wrong one', async () => {
    const bench = commandBench()
    bench.world.answers.failures.set('begin', new Error('boom'))
    const { code, err } = await bench.run((context) => begin(context, {}, ['L01']))
    expect(code).toBe(3)
    expect(err).toContain('Run the command again with --debug')
    expect(bench.world.journal.at(-1)).toBe('unlock')
    expect(await bench.run((context) => begin(context, {}, ['L0']))).toMatchObject({
      code: 2,
      err: 'There is no lesson "L0".\nDid you mean L01?\n',
    })
  })
})

describe('help', () => {
  it('prints one hint after the other, then all of them', async () => {
    const bench = begun()
    expect((await bench.run((context) => hint(context, {}, []))).out).toBe('Hint 1 of 2: Where to look.\n')
    expect((await bench.run((context) => hint(context, {}, []))).out).toBe('Hint 2 of 2: Which ruby.\n')
    const { out } = await bench.run((context) => hint(context, {}, []))
    expect(out).toContain('All 2 hints of L01 have been shown:\nHint 1: Where to look.\nHint 2: Which ruby.')
    expect(bench.world.answers.progress.lessons.L01?.hints).toBe(2)
  })

  it('prints the solution only after a yes, and notes that it was seen', async () => {
    const refused = begun({ tty: true, input: '\n' })
    expect((await refused.run((context) => solution(context, {}, []))).out).toBe('')
    const bench = begun({ flags: { yes: true } })
    expect((await bench.run((context) => solution(context, {}, ['l01']))).out).toBe('kubectl fix\n')
    expect(bench.world.answers.progress.lessons.L01?.solutionSeen).toBe(true)
  })

  it('resets after a yes, and starts edges anew', async () => {
    const bench = begun({ flags: { yes: true } })
    bench.world.answers.progress = withLesson(bench.world.answers.progress, 'L01', { edges: ['seen'] })
    expect((await bench.run((context) => reset(context, {}, ['L01']))).code).toBe(0)
    expect(bench.world.journal).toContain('reset L01')
    expect(bench.world.answers.progress.lessons.L01?.edges).toEqual([])
    expect(await bench.run((context) => reset(context, {}, ['L02']))).toMatchObject({ code: 2 })
  })

  it('shows what the attack did before and does now; 1 while it works', async () => {
    const bench = begun()
    bench.world.answers.attack = [
      { id: 'steal', summary: '200 OK', good: false },
      { id: 'use', summary: '200 OK', good: true },
    ]
    const { code, out } = await bench.run((context) => attack(context, {}, []))
    expect(code).toBe(1)
    expect(out).toBe(
      [
        'The attack, replayed just now:',
        '  Attack: steal it: before 200 OK, now 200 OK. Still works.',
        '  Legitimate use: use it: before 200 OK, now 200 OK. Still works, as it should.',
        '',
      ].join('\n'),
    )
    bench.world.answers.attack = [
      { id: 'steal', summary: '403 Forbidden', good: true },
      { id: 'use', summary: '200 OK', good: true },
    ]
    expect((await bench.run((context) => attack(context, {}, []))).code).toBe(0)
  })

  it('notes answers the lesson asks for, keeps other lines, and names the keys otherwise', async () => {
    const bench = begun()
    bench.world.answers.files.set('answers.yaml', '# mine\nother: 1\ncrown: old\n')
    expect((await bench.run((context) => answer(context, {}, ['crown', 'it: "is"']))).code).toBe(0)
    expect(bench.world.answers.files.get('answers.yaml')).toBe('# mine\nother: 1\ncrown: "it: \\"is\\""\n')
    expect(await bench.run((context) => answer(context, {}, ['crwn', 'x']))).toMatchObject({
      code: 2,
      err: 'L01 (Lesson L01) asks for no answer called “crwn”.\nIt asks for: crown.\n',
    })
  })
})
