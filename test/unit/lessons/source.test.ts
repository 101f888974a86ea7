import { describe, expect, it } from 'vitest'
import { lessonJsonSchema } from '../../../src/lessons/json-schema.ts'
import { lintLessons } from '../../../src/lessons/lint.ts'
import { splitText } from '../../../src/lessons/load.ts'
import { scaffoldLesson } from '../../../src/lessons/scaffold.ts'
import { sharedRun } from '../../../src/lessons/shared-run.ts'
import { createLessonSource } from '../../../src/lessons/source.ts'
import { FIXTURE, lessonsFolder } from './fixture-lesson.ts'

describe('the lessons of a folder', () => {
  it('are read with their defaults, texts and files', async () => {
    const [lesson] = await createLessonSource({ dirs: [await lessonsFolder()] }).all()
    expect(lesson).toMatchObject({
      id: 'L90',
      slug: 'one-job',
      module: 'authorization',
      needs: { capabilities: ['api'], tools: ['kubectl'], addons: [] },
      quiz: [{ id: 'q1', options: [{ correct: false }, { correct: true }] }],
      tasks: [
        {
          checks: [
            { id: 'exact', mode: 'level', settleMs: 2000, holdMs: 0, given: [], say: [], needs: [] },
            { id: 'works', after: 'exact' },
          ],
        },
      ],
      seed: [{ path: '10-demo.yaml' }],
      workspaceSeed: [{ path: 'notes.txt', text: 'The password is ((vars.password)).\n' }],
      attack: [{ id: 'delete', role: 'attack', check: { kind: 'request' } }, { role: 'legitimate' }],
    })
    expect(lesson?.wrong.map(({ name, check }) => [name, check])).toEqual([
      ['added', 'exact'],
      ['nothing', 'exact'],
      ['view', 'exact'],
    ])
    expect(lesson?.debrief).toMatch(/^word0 /)
  })

  it('close their module in the debrief of its last one alone', async () => {
    const second = (text: string): string => text.replace('id: L90', 'id: L91')
    const dir = await lessonsFolder({
      'index.yaml': 'lessons: [authorization/one-job, authorization/two-jobs]\n',
      'authorization/closing.md': 'Which one, when.\n',
      ...Object.fromEntries(
        Object.entries(FIXTURE)
          .filter(([path]) => path.startsWith('authorization/one-job/'))
          .map(([path, text]) => [path.replace('one-job', 'two-jobs'), second(text)]),
      ),
    })
    const lessons = await createLessonSource({ dirs: [dir] }).all()
    expect(lessons.map(({ id, debrief }) => [id, debrief.endsWith('\n\nWhich one, when.')])).toEqual([
      ['L90', false],
      ['L91', true],
    ])
  })

  it.each(['L90', 'l90', 'one-job', 'authorization/one-job', ' One-Job '])('are found as %s', async (name) => {
    expect((await createLessonSource({ dirs: [await lessonsFolder()] }).find(name)).id).toBe('L90')
  })

  it.each([
    ['one-jib', /Did you mean L90 \(one-job\)\?/],
    ['job', /Did you mean L90/],
    ['something else entirely', /k8s-sec-lab list/],
  ])('are offered instead of %s', async (name, next) => {
    await expect(createLessonSource({ dirs: [await lessonsFolder()] }).find(name)).rejects.toMatchObject({
      name: 'UserError',
      exitCode: 2,
      next: expect.stringMatching(next),
    })
  })

  it('leave out the one that is malformed', async () => {
    const dir = await lessonsFolder({
      'index.yaml': 'lessons: [authorization/broken, authorization/one-job]\n',
      'authorization/broken/lesson.yaml': 'format: [',
    })
    expect((await createLessonSource({ dirs: [dir] }).all()).map(({ id }) => id)).toEqual(['L90'])
  })
})

it('divides the text at its debrief', () => {
  expect(splitText('Scene.\n\n## Debrief\n\nAfter.\n')).toEqual({ text: 'Scene.', debrief: 'After.' })
  expect(splitText('Scene.\n\n## Debriefing\n')).toEqual({ text: 'Scene.\n\n## Debriefing' })
})

describe('a run that hint and solution share', () => {
  const solution =
    'kubectl create role r -n demo --verb=get --resource=pods\ncat <<EOF\napiVersion: v1\nkind: Role\nmetadata:\nEOF\n'
  it('counts from eight words or sixty characters on, whatever the spacing and quotes', () => {
    expect(sharedRun('Run `kubectl create role  r -n demo --verb=get --resource=pods`!', solution)).toContain(
      '--verb=get',
    )
    expect(sharedRun('Use kubectl create role, and name a verb.', solution)).toBeUndefined()
    expect(sharedRun('Give it a role with ____ on ____.', solution)).toBeUndefined()
  })
  it('is not made of what every manifest has', () => {
    const manifest = 'apiVersion: v1\nkind: Role\nmetadata:\n  name: r\nrules:\n  - verbs: [____]\n'
    expect(sharedRun(manifest, `cat <<EOF\n${manifest.replace('____', 'get')}EOF\n`)).toBeUndefined()
  })
})

it('makes a lesson whose only mistakes are the places to fill in', async () => {
  const dir = await lessonsFolder()
  const made = await scaffoldLesson({ dir, name: 'secrets/new-one' })
  expect(made.id).toBe('L91')
  const { mistakes, lessons } = await lintLessons({ dirs: [dir] })
  expect(lessons).toEqual(['authorization/one-job', 'secrets/new-one'])
  const kinds = new Set(
    mistakes.map(({ message }) =>
      message.replace(/(still to be written).*|.* words of prose.*|(expected commands).*/, '$1$2'),
    ),
  )
  expect(kinds).toEqual(new Set(['still to be written', '', 'expected commands']))
  await expect(scaffoldLesson({ dir, name: 'secrets/new-one' })).rejects.toThrow(/exists already/)
  await expect(scaffoldLesson({ dir, name: 'cooking/soup' })).rejects.toThrow(/cannot be the name/)
})

it('offers editors a schema in which the fields of a check follow from its kind', async () => {
  const schema = JSON.parse(JSON.stringify(await lessonJsonSchema()))
  const checks = schema.allOf[0].properties.tasks.items.properties.checks.items
  expect(checks.properties.kind.enum).toContain('rules')
  const rules = checks.allOf.find(
    (each: { if: { properties: { kind: { const: string } } } }) => each.if.properties.kind.const === 'rules',
  )
  expect(Object.keys(rules.then.properties.with.properties)).toEqual(
    expect.arrayContaining(['as', 'namespaces', 'equals']),
  )
})
