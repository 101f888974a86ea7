import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { builtLessons, packLessons } from '../../../src/lessons/built.ts'
import { packHeads, readHeads } from '../../../src/lessons/heads.ts'
import { createLessonSource } from '../../../src/lessons/source.ts'
import { lessonsFolder } from './fixture-lesson.ts'

const build = async () => {
  const dir = await lessonsFolder()
  const lessons = await createLessonSource({ dirs: [dir] }).all()
  const folder = await mkdtemp(join(tmpdir(), 'lab-built-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const [built, heads] = [join(folder, 'lessons.json'), join(folder, 'heads')]
  await writeFile(built, packLessons(dir, lessons))
  await writeFile(heads, packHeads(dir, lessons))
  return { dir, built, heads, lessons }
}
const lessonFile = 'authorization/one-job/lesson.yaml'

describe('lessons that the build has read', () => {
  it('are the ones that reading gives', async () => {
    const { dir, built, heads, lessons } = await build()
    expect(builtLessons(dir, built)).toEqual(lessons)
    expect(await createLessonSource({ dirs: [dir], built }).all()).toEqual(lessons)
    const { id, slug, title, module, layer, minutes, needs } = lessons[0] ?? ({} as never)
    expect(readHeads(dir, heads)).toEqual([{ id, slug, title, module, layer, minutes, needs }])
  })

  it('know their files by content, wherever the folder lies', async () => {
    const { built, heads, lessons } = await build()
    const elsewhere = await lessonsFolder()
    expect(builtLessons(elsewhere, built)?.[0]?.dir).toBe(join(elsewhere, 'authorization/one-job'))
    expect(builtLessons(elsewhere, built)?.[0]?.text).toBe(lessons[0]?.text)
    expect(readHeads(elsewhere, heads)?.[0]?.id).toBe('L90')
  })

  it.each([
    ['an edited lesson', (dir: string) => writeFile(join(dir, lessonFile), 'format: 1\n')],
    ['another order', (dir: string) => writeFile(join(dir, 'index.yaml'), 'lessons: []\n')],
    ['a lesson that went', (dir: string) => rm(join(dir, 'authorization'), { recursive: true })],
  ])('do not count for %s, nor does the list', async (_, change) => {
    const { dir, built, heads } = await build()
    await change(dir)
    expect(builtLessons(dir, built)).toBeUndefined()
    expect(readHeads(dir, heads)).toBeUndefined()
  })

  it.each([
    ['an edited text', (dir: string) => writeFile(join(dir, 'authorization/one-job/lesson.md'), '# Other\n')],
    ['a new file', (dir: string) => writeFile(join(dir, 'authorization/one-job/seed/20-more.yaml'), '')],
    ['a script that may now be run', (dir: string) => chmod(join(dir, 'authorization/one-job/solution.sh'), 0o777)],
  ])('do not count for %s', async (_, change) => {
    const { dir, built } = await build()
    await chmod(join(dir, 'authorization/one-job/solution.sh'), 0o644)
    const before = builtLessons(dir, built)
    await change(dir)
    expect(before).toBeDefined()
    expect(builtLessons(dir, built)).toBeUndefined()
  })

  it('are read anew where nothing was built', async () => {
    const { dir, lessons } = await build()
    expect(await createLessonSource({ dirs: [dir], built: join(dir, 'nowhere') }).all()).toEqual(lessons)
    expect(readHeads(dir, join(dir, 'nowhere'))).toBeUndefined()
  })
})
