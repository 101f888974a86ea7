import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cachedLessons } from '../../../src/app/lesson-cache.ts'
import { UserError } from '../../../src/core/errors.ts'
import { aLesson } from '../core/lesson-fixture.ts'

let root: string
let reads: number
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-cache-'))
  mkdirSync(join(root, 'lessons', 'a'), { recursive: true })
  writeFileSync(join(root, 'lessons', 'a', 'lesson.yaml'), 'id: L01\n')
  writeFileSync(join(root, 'program.js'), '')
  reads = 0
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const source = (write = async (file: string, text: string) => writeFileSync(file, text)) =>
  cachedLessons({
    dirs: [join(root, 'lessons')],
    file: join(root, 'lessons.json'),
    program: join(root, 'program.js'),
    write,
    open: async () => ({
      all: async () => {
        reads += 1
        return [aLesson({ id: 'L01' })]
      },
      find: async () => {
        throw new UserError({ what: 'There is no such lesson', next: 'Did you mean L01?' })
      },
    }),
  })

describe('lessons that were read before', () => {
  it('are not read again, and are the same', async () => {
    const first = await source().all()
    expect(await source().all()).toEqual(first)
    expect((await source().find('l01')).id).toBe('L01')
    expect(reads).toBe(1)
  })

  it.each([
    ['a file was edited', () => writeFileSync(join(root, 'lessons', 'a', 'lesson.yaml'), 'id: L02, longer\n')],
    ['a file was touched', () => utimesSync(join(root, 'lessons', 'a', 'lesson.yaml'), 1, 1)],
    ['a file came', () => writeFileSync(join(root, 'lessons', 'a', 'lesson.md'), 'text')],
    ['a file went', () => rmSync(join(root, 'lessons', 'a', 'lesson.yaml'))],
    ['the program is another one', () => utimesSync(join(root, 'program.js'), 1, 1)],
    ['the cache is half written', () => writeFileSync(join(root, 'lessons.json'), '{"finger')],
    ['the cache is gone', () => rmSync(join(root, 'lessons.json'))],
  ])('are read anew when %s', async (_, change) => {
    await source().all()
    change()
    await source().all()
    expect(reads).toBe(2)
    expect(JSON.parse(readFileSync(join(root, 'lessons.json'), 'utf8')).lessons).toHaveLength(1)
  })

  it('are read each time where nothing can be written', async () => {
    const readOnly = async () => {
      throw new Error('read-only')
    }
    await source(readOnly).all()
    expect(await source(readOnly).all()).toHaveLength(1)
    expect(reads).toBe(2)
  })

  it('leave near names to the source', async () => {
    await expect(source().find('L99')).rejects.toThrow('There is no such lesson')
  })
})
