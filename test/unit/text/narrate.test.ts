import { describe, expect, it } from 'vitest'
import type { CurrentLesson, LabState } from '../../../src/core/state.ts'
import { heard, narrate } from '../../../src/text/narrate.ts'
import { columnsOf } from '../../../src/text/wrap.ts'
import { CHECKS, CURRENT, STATE } from './state-fixture.ts'

const at = (change: Partial<CurrentLesson>, lab: Partial<LabState> = {}): LabState => ({
  ...STATE,
  ...lab,
  current: { ...CURRENT, ...change },
})

/** One run through a lesson, as the states that follow one another. */
const STORY: readonly LabState[] = [
  { ...STATE, loading: true, lessons: [], current: undefined, cluster: { ...STATE.cluster, state: 'absent' } },
  { ...STATE, current: undefined, cluster: { ...STATE.cluster, state: 'starting' } },
  at(
    { phase: 'reading' },
    {
      cluster: {
        ...STATE.cluster,
        state: 'starting',
        steps: [
          { id: 'etcd', title: 'etcd 3.6.5', state: 'done', detail: 'from cache' },
          {
            id: 'api',
            title: 'kube-apiserver 1.34.3',
            state: 'running',
            detail: 'building from Go modules',
            done: 812,
            total: 1394,
            unit: 'packages',
          },
        ],
      },
    },
  ),
  at({ phase: 'seeding' }),
  at({}),
  // Still grading: nothing is said yet.
  at({ checks: CHECKS }),
  at({ checks: CHECKS, grading: false }),
  at({
    checks: CHECKS,
    grading: false,
    hints: ['Look at the bindings first, in every namespace that the job touches.'],
  }),
  at({ checks: CHECKS, grading: false, hints: ['…'] }, { question: { kind: 'reset', text: 'Put this lesson back?' } }),
  at(
    { checks: CHECKS, grading: false, hints: ['…'] },
    { notices: [{ kind: 'error', what: 'The answer could not be written', next: 'Look at the disk.', at: 1 }] },
  ),
  at(
    { checks: CHECKS, grading: false, hints: ['…'] },
    {
      cluster: {
        ...STATE.cluster,
        state: 'broken',
        reason: 'kube-apiserver exits',
        components: [
          { name: 'kube-apiserver', state: 'backoff', restarts: 3, lastError: 'unknown flag: --anonymus-auth' },
        ],
      },
    },
  ),
  at({ checks: CHECKS, grading: false, hints: ['…'] }),
  at({
    checks: CHECKS.map((check) => ({
      ...check,
      settling: false,
      verdict: { kind: 'passed', found: 'exactly its job' },
    })),
    grading: false,
    hints: ['…'],
    phase: 'passed',
    attack: { state: 'running', steps: [] },
  }),
  at({
    checks: CHECKS.map((check) => ({
      ...check,
      settling: false,
      verdict: { kind: 'passed', found: 'exactly its job' },
    })),
    grading: false,
    hints: ['…'],
    phase: 'passed',
    attack: {
      state: 'done',
      steps: [
        {
          id: 'a',
          title: 'delete deployment/web',
          role: 'attack',
          before: 'allowed',
          now: '403 Forbidden',
          good: true,
        },
        { id: 'b', title: 'list pods in shop', role: 'legitimate', before: 'allowed', now: '200 OK', good: true },
      ],
    },
  }),
]

const transcript = (states: readonly LabState[], width: number): string => {
  let told: LabState | undefined
  const lines: string[] = []
  for (const now of states) {
    lines.push(...narrate(told, now, { width, typing: true }))
    told = heard(told, now)
  }
  return lines.join('\n')
}

describe('what the plain skin says', () => {
  it.each([60, 80, 120])('tells a lesson from start to pass in %d columns', async (width) => {
    await expect(transcript(STORY, width)).toMatchFileSnapshot(`golden/story-${width}.txt`)
  })

  it.each([60, 80, 120])('keeps to %d columns, but never breaks a command', (width) => {
    for (const line of transcript(STORY, width).split('\n')) {
      if (!line.includes('kubectl')) expect(columnsOf(line), line).toBeLessThanOrEqual(width)
    }
    expect(transcript(STORY, width)).toContain(
      '\n     kubectl auth can-i --list -n shop --as system:serviceaccount:shop:report-bot --as-group system:authenticated\n',
    )
  })

  it('uses neither colours nor boxes', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for.
    expect(transcript(STORY, 80)).not.toMatch(/[\u001b\u2500-\u257f✓✗]/)
  })

  it('says each thing once', () => {
    const [last] = STORY.slice(-1)
    if (!last) throw new Error('no story')
    expect(narrate(heard(undefined, last), last, { width: 80, typing: true })).toEqual([])
  })

  it('tells only the check that changed, and only when it is final', () => {
    const before = at({ checks: CHECKS, grading: false })
    const settling = at({
      checks: CHECKS.map((check) => (check.id === 'exact' ? { ...check, settling: true } : check)),
      grading: false,
    })
    const same = before
    expect(transcript([before, settling, same], 80)).toBe(transcript([before], 80))
    const broken = at({
      checks: CHECKS.map((check) =>
        check.id === 'runs'
          ? { ...check, broken: true, verdict: { kind: 'failed', expected: 'a', found: 'b', why: 'c' } as const }
          : check,
      ),
      grading: false,
    })
    expect(transcript([before, broken], 80).slice(transcript([before], 80).length)).toBe(
      '\n1. broken again: The report still runs.\n   Expected: a.\n   Found: b.\n   Why: c.',
    )
  })

  it('spares the reader the explanations of what nobody has tried yet', () => {
    const untried = at({ checks: CHECKS.map((check) => ({ ...check, untried: true })), grading: false })
    const text = transcript([untried], 80)
    expect(text).toContain('2. not tried: It can do nothing else in shop.\n3. could not check')
    expect(text).not.toContain('Expected:')
  })

  it('gives the reason for a quiz answer, then the next question or the end', () => {
    const passed = at({ phase: 'passed', grading: false, checks: CHECKS })
    const answered = at({ phase: 'passed', grading: false, checks: CHECKS, quizAnswers: { q1: 1 } })
    expect(narrate(heard(undefined, passed), answered, { width: 80, typing: true }).join('\n')).toContain(
      'Not quite: A list carries whole objects, values included.\nThe answer is: Yes. A list carries whole objects.\nThat was the quiz.',
    )
  })

  it('says why a lesson cannot run here, and what to do about a failed beginning', () => {
    const problem = { what: 'The seed was refused', next: 'See k8s-sec-lab doctor.' }
    expect(
      narrate(heard(undefined, at({ phase: 'seeding' })), at({ phase: 'failed', problem }), {
        width: 80,
        typing: true,
      }),
    ).toEqual(['The seed was refused. See k8s-sec-lab doctor.'])
  })

  it('repeats the lines of the text whose values were not known when it was printed', () => {
    const text = (api: string) => `Write a store.\n\n- The API server is \`${api}\`.\n`
    const reading = at({ phase: 'reading', text: text('<api>') })
    const spoken = narrate(reading, at({ phase: 'seeding', text: text('https://127.0.0.1:6443') }), {
      width: 78,
      typing: false,
    })
    expect(spoken.join('\n')).toContain('- The API server is `https://127.0.0.1:6443`.')
    expect(spoken.join('\n')).not.toContain('Write a store')
  })
})

describe('a choice of backends', () => {
  const failed: LabState = {
    ...STATE,
    current: undefined,
    cluster: { ...STATE.cluster, backend: 'kind', state: 'broken', reason: 'No image.', output: 'words of kind' },
  }
  const starting: LabState = {
    ...STATE,
    current: undefined,
    cluster: { ...STATE.cluster, backend: 'kind', state: 'starting', choice: 'kind: docker 28.2.2 answers' },
  }
  const reader = { width: 80, typing: true }

  it('is told once, with its reason', () => {
    const before: LabState = { ...starting, cluster: { ...STATE.cluster, state: 'starting', backend: undefined } }
    expect(narrate(before, starting, reader)).toContain('Backend kind: docker 28.2.2 answers.')
    expect(narrate(starting, starting, reader)).toEqual([])
  })

  it('is offered again when kind does not come up, and never made silently', () => {
    const said = narrate(starting, failed, reader).join(' ')
    expect(said).toContain('To go on without containers, type: embedded (or start with --backend embedded)')
    expect(said).toContain('To read what it printed, type: output')
    const embedded = { ...failed, cluster: { ...failed.cluster, backend: 'embedded' as const, output: undefined } }
    expect(narrate(starting, embedded, reader).join(' ')).not.toContain('without containers')
  })
})
