import { describe, expect, it } from 'vitest'
import { readCommand } from '../../../src/text/commands.ts'
import { CURRENT, STATE } from './state-fixture.ts'

const intent = (line: string, state = STATE) => {
  const command = readCommand(line, state)
  return command.kind === 'intent' ? command.intent : command
}

describe('what can be typed', () => {
  it.each([
    ['hint', { kind: 'hint' }],
    ['  HINT ', { kind: 'hint' }],
    ['hi', { kind: 'hint' }],
    ['n', { kind: 'next' }],
    ['next', { kind: 'next' }],
    ['q', { kind: 'quit' }],
    ['exit', { kind: 'quit' }],
    ['retry', { kind: 'retry-cluster' }],
    ['answer crown a longer value', { kind: 'answer', key: 'crown', value: 'a longer value' }],
    ['lesson 1', { kind: 'open', lesson: 'L01' }],
    ['lesson L09', { kind: 'open', lesson: 'L09' }],
    ['check', { kind: 'checks' }],
    ['check 2', { kind: 'detail', number: 2 }],
    ['2', { kind: 'detail', number: 2 }],
    ['lesson', { kind: 'lesson' }],
    ['list', { kind: 'list' }],
    ['shell', { kind: 'shell' }],
    ['edit', { kind: 'edit' }],
    ['edit kube-apiserver.yaml', { kind: 'edit', file: 'kube-apiserver.yaml' }],
    ['?', { kind: 'help' }],
    ['', { kind: 'nothing' }],
  ])('%s', (line, expected) => {
    expect(intent(line)).toEqual(expected)
  })

  it('says so when it does not understand', () => {
    expect(intent('dance')).toEqual({ kind: 'unclear', what: '“dance” is no command here. Type ? for all of them.' })
    expect(intent('answer crown')).toMatchObject({ kind: 'unclear' })
    expect(intent('yes')).toMatchObject({ kind: 'unclear' })
    expect(intent('re')).toMatchObject({ kind: 'unclear' }) // reset or retry
  })

  it('takes yes and no while there is a question, and other commands all the same', () => {
    const asked = { ...STATE, question: { kind: 'reset', text: '?' } as const }
    expect(intent('y', asked)).toEqual({ kind: 'confirm' })
    expect(intent('No', asked)).toEqual({ kind: 'refuse' })
    expect(intent('n', asked)).toEqual({ kind: 'refuse' })
    expect(intent('hint', asked)).toEqual({ kind: 'hint' })
  })

  it('takes a number as the answer to the quiz after a pass, until it has been answered', () => {
    const passed = { ...STATE, current: { ...CURRENT, phase: 'passed' as const } }
    expect(intent('2', passed)).toEqual({ kind: 'quiz', question: 'q1', option: 1 })
    expect(intent('3', passed)).toMatchObject({ kind: 'unclear' })
    const done = { ...passed, current: { ...passed.current, quizAnswers: { q1: 0 } } }
    expect(intent('2', done)).toEqual({ kind: 'detail', number: 2 })
  })
})
