import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/cluster/system-clock.ts'
import { apply } from '../../src/core/api/objects.ts'
import type { Lesson } from '../../src/core/model.ts'
import { scriptVariables } from '../../src/core/vars.ts'
import { lintLessons } from '../../src/lessons/lint.ts'
import { mistakeLine } from '../../src/lessons/mistake.ts'
import { createLessonSource } from '../../src/lessons/source.ts'
import { leave } from '../../src/seeding/leave.ts'
import { createWorkspace } from '../../src/seeding/workspace.ts'
import { createProgressStore } from '../../src/store/progress.ts'
import { type LessonReport, lessonLines, type VerifyReport } from '../../src/verify/report.ts'
import { type VerifyOptions, verifyLessons } from '../../src/verify/verify.ts'
import { BACKENDS } from '../support/backends.ts'
import { clusterIn, ownCluster } from '../support/cluster.ts'
import { type Changes, lessonsFolder } from '../unit/lessons/fixture-lesson.ts'

const clock = systemClock
const report = (): void => undefined

describe.each(BACKENDS)('the proof of a lesson (%s)', () => {
  const own = ownCluster()
  beforeAll(async () => {
    await own.cluster.up({ report })
  })
  afterAll(own.remove)

  const verify = async (changes: Changes, more: Partial<VerifyOptions> = {}): Promise<VerifyReport> => {
    const dir = await lessonsFolder(changes)
    const bin = own.tools.kubectl?.replace(/\/kubectl$/, '') ?? ''
    return verifyLessons({
      lessons: await createLessonSource({ dirs: [dir] }).all(),
      backend: own.cluster.backend,
      capabilities: own.cluster.capabilities(),
      clock,
      report,
      lintOf: async () =>
        (await lintLessons({ dirs: [dir] })).mistakes.filter(({ severity }) => severity === 'error').map(mistakeLine),
      open: async (lesson: Lesson) => ({
        cluster: clusterIn(own, own.home).cluster,
        workspace: createWorkspace({ root: join(own.paths.workspace, lesson.slug) }),
        store: createProgressStore({ dir: own.paths.state }),
        stateDir: own.paths.state,
        home: own.home,
        clock,
        report,
      }),
      environment: async (_, attempt) => ({
        PATH: `${bin}:${process.env.PATH}`,
        HOME: own.home,
        ...own.cluster.environment(),
        ...scriptVariables(attempt),
      }),
      ...more,
    })
  }
  const only = (result: VerifyReport): LessonReport => {
    expect(result.lessons).toHaveLength(1)
    return result.lessons[0] as LessonReport
  }
  const swap = (from: string, to: string) => (text: string) => {
    if (!text.includes(from)) throw new Error(`the fixture has no ${from}`)
    return text.replace(from, to)
  }
  const said = (lesson: LessonReport): readonly string[] =>
    lesson.findings.map(({ step, message }) => `${step}: ${message}`)

  it('has nothing to say about a good lesson', async () => {
    const result = await verify({})
    expect(said(only(result))).toEqual([])
    expect(result).toMatchObject({
      backend: 'embedded',
      ok: true,
      lessons: [
        {
          id: 'L90',
          ok: true,
          untouched: { passed: 0, of: 2 },
          wrong: [
            { name: 'added', ok: true, check: 'exact' },
            { name: 'nothing', ok: true },
            { name: 'view', ok: true },
          ],
          generic: [
            { name: 'target-deleted', ok: true },
            { name: 'everything-allowed', ok: true },
            { name: 'seed-twice', ok: true },
            { name: 'renamed-target', ok: true },
          ],
          solution: { passed: 2, of: 2 },
          again: { passed: 2, of: 2 },
          afterRestart: { passed: 2, of: 2 },
          withExtras: { passed: 2, of: 2 },
          afterReset: { passed: 0, of: 2 },
          notHere: [],
          leftovers: [],
        },
      ],
    })
  })

  it('proves the rest where a check cannot be made, and says which and why', async () => {
    const elsewhere = `      - id: profile
        title: The profile holds
        kind: file
        needs: [apparmor]
        why: A name alone confines nothing.
        with: { path: profile, equals: enforce }
hints:`
    const lesson = only(
      await verify({
        'lesson.yaml': swap('hints:', elsewhere),
        'wrong/nothing/expect.yaml': 'check: profile\ncontains: [unicorns]\n',
      }),
    )
    expect(said(lesson)).toEqual([])
    expect(lesson).toMatchObject({ ok: true, solution: { passed: 2, of: 2 } })
    expect(lesson.notHere).toEqual([{ check: 'profile', reason: expect.stringContaining('K3s') }])
    expect(lesson.wrong.find(({ name }) => name === 'nothing')).toMatchObject({ ok: true, notHere: true })
    expect(lessonLines(lesson).join('\n')).toMatch(
      /2\/2 wrong turns told apart \(1 not here\)[\s\S]*profile not checked: /,
    )
  })

  it('finds a solution that is in the seed already', async () => {
    const lesson = only(
      await verify({
        'seed/10-demo.yaml': (text) =>
          text.replace(/roleRef: .*/, 'roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: settings }') +
          `---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: settings, namespace: demo }
rules: [{ apiGroups: [""], resources: [configmaps], verbs: [get] }]
`,
      }),
    )
    expect(lesson).toMatchObject({ ok: false, untouched: { passed: 2, of: 2 } })
    expect(said(lesson)).toContainEqual(
      expect.stringMatching(/^untouched: check exact passes although nothing was done/),
    )
    expect(said(lesson)).toContainEqual(
      expect.stringMatching(/^untouched: attack step delete does not work on the seed/),
    )
  })

  it('finds a wrong answer that passes, one that fails with other words, a right one that is refused, and a bad solution', async () => {
    const lesson = only(
      await verify({
        'wrong/view/wrong.sh': (text) => `${text}kubectl delete rolebinding bot -n demo\n
kubectl create role other -n demo --verb=get --resource=configmaps
kubectl create rolebinding other -n demo --role=other --serviceaccount=demo:bot\n`,
        'wrong/nothing/expect.yaml': 'check: exact\ncontains: [unicorns]\n',
        'right/refused/right.sh': 'true\n',
        'solution.sh': 'echo about to fail; kubectl get nonsense\n',
      }),
    )
    expect(lesson.wrong.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['nothing', 'view'])
    expect(said(lesson)).toContainEqual(expect.stringMatching(/^wrong\/view: the wrong answer passes check exact/))
    expect(said(lesson)).toContainEqual(expect.stringMatching(/^right\/refused: check exact does not pass/))
    expect(said(lesson)).toContainEqual(
      expect.stringMatching(/^wrong\/nothing: check exact was to fail with "unicorns", but says: /),
    )
    expect(said(lesson)).toContainEqual(
      expect.stringMatching(/^solution: it ended with exit code 1:[\s\S]*about to fail[\s\S]*nonsense/),
    )
    expect(lesson.solution).toEqual({ passed: 0, of: 0 })
  })

  it('finds a hint that is the solution, and an object, a file and a process that stay behind', async () => {
    const lesson = only(
      await verify(
        {
          'lesson.yaml': swap(
            'A role with ____ on ____, and a binding to the bot.',
            'kubectl create role settings -n demo --verb=get --resource=configmaps',
          ),
          'solution.sh': (text) => `${text}sleep 600 >/dev/null 2>&1 &\n`,
        },
        {
          leave: async (place) => {
            const swept = await leave(place)
            const metadata = { name: 'forgotten' }
            await apply(await place.cluster.probe(), {
              apiVersion: 'rbac.authorization.k8s.io/v1',
              kind: 'ClusterRole',
              metadata,
              rules: [],
            })
            await place.workspace.write('forgotten.txt', 'x')
            return swept
          },
        },
      ),
    )
    expect(lesson.leftovers).toEqual([
      'ClusterRole forgotten',
      "file forgotten.txt in the lesson's folder",
      expect.stringMatching(/^process \d+: sleep 600$/),
    ])
    expect(said(lesson)).toEqual([
      expect.stringMatching(/^lint: .*lesson.yaml:\d+:\d+ error: hint 3 gives the solution away/),
      ...lesson.leftovers.map((each) => `leave: left behind: ${each}`),
    ])
  })

  it('finds checks that look at too little', async () => {
    const lesson = only(
      await verify({
        // Asks only that the account exists under some name and that the broad binding is gone.
        'lesson.yaml': (text) =>
          text
            .replace(
              /kind: rules[\s\S]*?equals: .*\n/,
              `kind: object
        why: It must be gone.
        with: { apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, namespace: demo, name: bot-edit, exists: false }
`,
            )
            .replace(/ {6}- id: works[\s\S]*?status: 200 }\]\n/, ''),
      }),
    )
    expect(lesson.ok).toBe(false)
    expect(lesson.generic).toContainEqual({ name: 'target-deleted', ok: false })
    expect(said(lesson)).toContain('target-deleted: the lesson is passed all the same: no check looks at this')
    expect(said(lesson)).toContainEqual(expect.stringMatching(/^wrong\/nothing: the wrong answer passes check exact/))
  })
})
