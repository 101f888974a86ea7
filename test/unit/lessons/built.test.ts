import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { builtFiles, builtHeads, builtLessons } from '../../../src/lessons/built.ts'
import { createLessonSource } from '../../../src/lessons/source.ts'
import { lessonsFolder } from './fixture-lesson.ts'

const build = async () => {
  const dir = await lessonsFolder()
  const lessons = await createLessonSource({ dirs: [dir] }).all()
  const built = await mkdtemp(join(tmpdir(), 'lab-built-'))
  onTestFinished(() => rm(built, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(builtFiles(dir, lessons))) await writeFile(join(built, name), text)
  return { dir, built, lessons }
}
const lessonFile = 'authorization/one-job/lesson.yaml'

describe('lessons that the build has read', () => {
  it('are the ones that reading gives', async () => {
    const { dir, built, lessons } = await build()
    expect(builtLessons(dir, built)).toEqual(lessons)
    expect(await createLessonSource({ dirs: [dir], built }).all()).toEqual(lessons)
    const { id, slug, title, module, layer, minutes, needs } = lessons[0] ?? ({} as never)
    expect(builtHeads(dir, built)).toEqual([{ id, slug, title, module, layer, minutes, needs }])
  })

  it('know their files by content, wherever the folder lies', async () => {
    const { built, lessons } = await build()
    const elsewhere = await lessonsFolder()
    expect(builtLessons(elsewhere, built)?.[0]?.dir).toBe(join(elsewhere, 'authorization/one-job'))
    expect(builtLessons(elsewhere, built)?.[0]?.text).toBe(lessons[0]?.text)
  })

  it.each([
    ['an edited lesson', (dir: string) => writeFile(join(dir, lessonFile), 'format: 1\n')],
    ['another order', (dir: string) => writeFile(join(dir, 'index.yaml'), 'lessons: []\n')],
    ['a lesson that went', (dir: string) => rm(join(dir, 'authorization'), { recursive: true })],
  ])('do not count for %s, nor does the list', async (_, change) => {
    const { dir, built } = await build()
    await change(dir)
    expect(builtLessons(dir, built)).toBeUndefined()
    expect(builtHeads(dir, built)).toBeUndefined()
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
    expect(builtHeads(dir, join(dir, 'nowhere'))).toBeUndefined()
  })
})
