import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../../src/core/errors.ts'
import type { Progress } from '../../../src/core/model.ts'
import { storageError } from '../../../src/store/atomic.ts'
import { createProgressStore, exportProgress, importProgress } from '../../../src/store/progress.ts'
import { temporary } from './temporary.ts'

const progress: Progress = {
  version: 1,
  last: 'L05',
  lessons: {
    L05: {
      status: 'passed',
      startedAt: '2025-01-01T10:00:00.000Z',
      passedAt: '2025-01-01T10:12:00.000Z',
      seconds: 700,
      hints: 1,
      wrongTurns: 2,
      solutionSeen: false,
      edges: ['crown'],
      quiz: { q1: 0 },
    },
  },
}
const attempt = {
  lesson: 'L05',
  startedAt: '2025-01-01T10:00:00.000Z',
  vars: { a: 'b' },
  captured: {},
  images: { busybox: 'x' },
  before: {},
}

describe('the progress store', () => {
  it('starts empty, and gives back what it was given, in files of the learner alone', async () => {
    const dir = join(await temporary(), 'state')
    const store = createProgressStore({ dir })
    expect(await store.load()).toEqual({ progress: { version: 1, lessons: {} } })
    expect(await store.attempt()).toBeUndefined()
    await store.save(progress)
    await store.saveAttempt(attempt)
    expect(await createProgressStore({ dir }).load()).toEqual({ progress })
    expect(await store.attempt()).toEqual(attempt)
    expect((await readdir(dir)).sort()).toEqual(['attempt.json', 'progress.json'])
    expect((await stat(join(dir, 'progress.json'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(dir, 'attempt.json'))).mode & 0o777).toBe(0o600)
    await store.saveAttempt(undefined)
    expect(await store.attempt()).toBeUndefined()
  })

  it.each(['{"version": 1, "lessons"', '[]', '{"version":1,"lessons":{"L05":{"status":"winning"}}}', ''])(
    'keeps a corrupt file aside under a name of its own: %s',
    async (text) => {
      const dir = await temporary()
      const store = createProgressStore({ dir })
      const path = join(dir, 'progress.json')
      await writeFile(path, text)
      const first = await store.load()
      expect(first.progress).toEqual({ version: 1, lessons: {} })
      expect(first.warning).toContain(`${path}.corrupt`)
      expect(await readFile(`${path}.corrupt`, 'utf8')).toBe(text)
      await writeFile(path, `${text} again`)
      expect((await store.load()).warning).toContain(`${path}.corrupt-2`)
      expect(await readFile(`${path}.corrupt`, 'utf8')).toBe(text)
    },
  )

  it('never overwrites a corrupt file that nobody looked at', async () => {
    const dir = await temporary()
    await writeFile(join(dir, 'progress.json'), 'precious?')
    await createProgressStore({ dir }).save(progress)
    expect(await readFile(join(dir, 'progress.json.corrupt'), 'utf8')).toBe('precious?')
  })

  it('leaves the file of a newer lab alone', async () => {
    const dir = await temporary()
    const text = '{"version": 2, "lessons": []}'
    await writeFile(join(dir, 'progress.json'), text)
    const store = createProgressStore({ dir })
    await expect(store.load()).rejects.toThrow(/newer k8s-sec-lab/)
    await expect(store.save(progress)).rejects.toThrow(UserError)
    expect(await readFile(join(dir, 'progress.json'), 'utf8')).toBe(text)
  })

  it('reads an attempt from before images had names', async () => {
    const dir = await temporary()
    const { images: _, ...earlier } = attempt
    await writeFile(join(dir, 'attempt.json'), JSON.stringify(earlier))
    expect(await createProgressStore({ dir }).attempt()).toEqual({ ...attempt, images: {} })
  })

  it('forgets an attempt that cannot be read, and keeps the file', async () => {
    const dir = await temporary()
    await writeFile(join(dir, 'attempt.json'), '{}')
    expect(await createProgressStore({ dir }).attempt()).toBeUndefined()
    expect(await readdir(dir)).toEqual(['attempt.json.corrupt'])
  })

  it('says what is wrong when it cannot write, and leaves no temporary file', async () => {
    const dir = await temporary()
    await writeFile(join(dir, 'state'), 'a file, not a folder')
    const store = createProgressStore({ dir: join(dir, 'state') })
    await expect(store.saveAttempt(attempt)).rejects.toMatchObject({ name: 'UserError', exitCode: 3 })
    expect(await readdir(dir)).toEqual(['state'])
  })

  it.each(['ENOSPC', 'EROFS', 'EACCES'])('turns %s into a sentence with a way out', (code) => {
    const error = storageError(Object.assign(new Error('x'), { code }), '/somewhere/progress.json')
    expect(error).toBeInstanceOf(UserError)
    expect((error as UserError).message).toMatch(/^Cannot write \/somewhere\/progress.json: .*kept$/)
    expect((error as UserError).next).toContain('K8S_SEC_LAB_HOME')
  })
})

describe('export and import', () => {
  it('carries progress from one home to another', async () => {
    const from = createProgressStore({ dir: await temporary() })
    const to = createProgressStore({ dir: await temporary() })
    await from.save(progress)
    await importProgress({ store: to, text: await exportProgress(from), name: 'mine.json' })
    expect(await to.load()).toEqual({ progress })
  })

  it('refuses what is no export, and changes nothing', async () => {
    const store = createProgressStore({ dir: await temporary() })
    await store.save(progress)
    await expect(importProgress({ store, text: '{"a":1}', name: 'x.json' })).rejects.toThrow(/x.json is no exported/)
    expect(await store.load()).toEqual({ progress })
  })
})
