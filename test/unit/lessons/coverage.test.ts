import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { coveragePage } from '../../../src/lessons/coverage.ts'
import { createLessonSource } from '../../../src/lessons/source.ts'

const course = resolve(import.meta.dirname, '../../../lessons')
const lessons = await createLessonSource({ dirs: [course] }).all()

describe('the coverage page', () => {
  it('is the one in lessons/COVERAGE.md; else: node dist/cli.js lessons coverage > lessons/COVERAGE.md', () => {
    expect(readFileSync(`${course}/COVERAGE.md`, 'utf8')).toBe(coveragePage(lessons))
  })

  it('leaves out no lesson, layer, domain or risk that a lesson names', () => {
    const page = coveragePage(lessons)
    const rows = page.split('\n').filter((line) => line.startsWith('| '))
    for (const lesson of lessons) {
      const cell = `[${lesson.id}](`
      const named = rows.filter((row) => row.includes(cell)).length
      const { cks, owasp, cis } = lesson.references
      // Its own row, its layer, and one for each reference.
      expect([lesson.id, named]).toEqual([lesson.id, 2 + cks.length + owasp.length + cis.length])
    }
  })
})
