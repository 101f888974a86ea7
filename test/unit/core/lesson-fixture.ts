import type { CheckSpec, Lesson } from '../../../src/core/model.ts'

export const aCheck = (change: Partial<CheckSpec> & { id: string }): CheckSpec => ({
  title: `Check ${change.id}`,
  kind: 'object',
  with: {},
  mode: 'level',
  why: 'It matters.',
  settleMs: 0,
  holdMs: 0,
  given: [],
  say: [],
  needs: [],
  ...change,
})

/** A small lesson: one edge check, one level check, two hints, an attack of two steps, one question. */
export const aLesson = (change: Partial<Lesson> & { id: string }): Lesson => ({
  slug: change.id.toLowerCase(),
  module: 'authorization',
  title: `Lesson ${change.id}`,
  summary: 'A lesson.',
  layer: 'identity',
  minutes: 10,
  prerequisites: [],
  needs: { capabilities: ['api'], tools: [], addons: [] },
  kubernetes: '>=1.34.0',
  references: { cks: ['Cluster hardening'], owasp: ['K02'], cis: [], docs: [] },
  vars: {},
  nonces: {},
  provide: [],
  nodeSeed: [],
  nodeFiles: [],
  tasks: [
    {
      id: 'look',
      title: 'Look',
      checks: [aCheck({ id: 'seen', mode: 'edge', kind: 'answer', with: { key: 'crown' } })],
    },
    { id: 'fix', title: 'Fix', checks: [aCheck({ id: 'fixed' })] },
  ],
  hints: ['Where to look.', 'Which ((vars.thing)).'],
  quiz: [
    {
      id: 'q1',
      question: 'Is it?',
      options: [
        { text: 'Yes', correct: true, reason: 'It is.' },
        { text: 'No', correct: false, reason: 'It is, though.' },
      ],
    },
  ],
  attack: [
    { id: 'steal', title: 'steal it', role: 'attack', check: aCheck({ id: 'steal' }) },
    { id: 'use', title: 'use it', role: 'legitimate', check: aCheck({ id: 'use' }) },
  ],
  text: 'Read ((vars.thing)) in ((lab.workspace)).',
  debrief: 'You stopped it.',
  seed: [],
  workspaceSeed: [],
  controlPlaneSeed: [],
  solution: { path: '/l/solution.sh', text: 'kubectl fix' },
  wrong: [],
  exempt: {},
  dir: '/l',
  ...change,
})
