import { describe, expect, it, vi } from 'vitest'
import { createLab } from '../../../src/app/lab.ts'
import { type PlainInput, runPlain } from '../../../src/text/plain.ts'
import { type FakeWorld, fakeWorld } from '../app/fake-services.ts'

/** Lines a test types when it likes. */
const keyboard = () => {
  const waiting: ((line: string | undefined) => void)[] = []
  const calls: string[] = []
  const input: PlainInput = {
    next: () => new Promise((resolve) => waiting.push(resolve)),
    suspend: () => void calls.push('suspend'),
    resume: () => void calls.push('resume'),
    close: () => void calls.push('close'),
  }
  const type = async (line: string | undefined) => {
    await vi.waitFor(() => expect(waiting.length).toBeGreaterThan(0))
    waiting.shift()?.(line)
  }
  return { input, type, calls }
}

const begin = (world: FakeWorld, input?: PlainInput) => {
  const stop = new AbortController()
  let out = ''
  const lab = createLab({
    services: world.services,
    foreground: {
      shell: async () => ({ note: 'back again' }),
      edit: async ({ file }) => ({ note: `${file}: in effect` }),
    },
  })
  const ended = runPlain({
    lab,
    write: (text) => {
      out += text
    },
    width: () => 80,
    signal: stop.signal,
    ...(input ? { input } : {}),
  })
  const heard = (words: string) => vi.waitFor(() => expect(out).toContain(words))
  return { ended, heard, stop, lab, out: () => out }
}
const failed = (why: string) => ({ kind: 'failed' as const, expected: 'a', found: 'b', why })

describe('the plain skin', () => {
  it('obeys what is typed, and lends the terminal', async () => {
    const world = fakeWorld()
    world.answers.files.set('notes.txt', '')
    const { input, type, calls } = keyboard()
    const { ended, heard } = begin(world, input)
    await heard('The lesson is in the cluster.')
    await vi.waitFor(() => expect(world.grader()).toBeDefined())
    world.grader()?.graded([{ id: 'seen', verdict: failed('x'), settling: false }], 1)
    await heard('1. not tried: Check seen.')
    await type('1')
    await heard('Why: x.')
    await type('hint')
    await heard('Hint 1 of 2: Where to look.')
    await type('check')
    await heard('Checks: 0 of 2 passed.')
    expect(world.journal).toContain('regrade')
    await type('edit')
    await heard('  notes.txt: your file')
    await type('edit notes.txt')
    await heard('notes.txt: in effect')
    await type('shell')
    await heard('back again')
    expect(calls).toEqual(['suspend', 'resume', 'suspend', 'resume'])
    await type('solution')
    await heard('Type yes or no.')
    await type('yes')
    await heard('kubectl fix')
    await type('?')
    await heard('retry: repair the cluster.')
    await type('quit')
    expect(await ended).toBe('left')
    expect(calls.at(-1)).toBe('close')
  })

  it('ends by itself without anybody to type, once the lesson was graded', async () => {
    const world = fakeWorld()
    const { ended, out } = begin(world)
    await vi.waitFor(() => expect(world.grader()).toBeDefined())
    const results = ['seen', 'fixed'].map((id) => ({ id, verdict: failed('x'), settling: false }))
    world.grader()?.graded(results, 1)
    expect(await ended).toBe('ready')
    expect(out()).not.toMatch(/^> |Commands:/m)
  })

  it('says so when the cluster does not come up', async () => {
    const world = fakeWorld()
    world.answers.failures.set('up', new Error('no etcd'))
    const { ended, out } = begin(world)
    expect(await ended).toBe('failed')
    expect(out()).toContain('no etcd')
  })

  it('leaves at the end of the input and at an interrupt, also while the cluster comes up', async () => {
    for (const how of ['end', 'interrupt', 'nobody'] as const) {
      const world = fakeWorld()
      world.answers.hanging.add('up')
      const { input, type } = keyboard()
      const { ended, heard, stop, lab } = begin(world, how === 'nobody' ? undefined : input)
      await heard('Getting your cluster ready.')
      if (how === 'end') await type(undefined)
      else stop.abort()
      if (how === 'interrupt') await type(undefined)
      expect(await ended).toBe('left')
      await lab.close()
    }
  })
})
