import type { AttackView } from '../core/state.ts'
import { wrap } from './wrap.ts'

type AttackStep = AttackView['steps'][number]

const outcome = (step: AttackStep): string => {
  if (step.good === undefined) return ''
  if (step.role === 'attack') return step.good ? ' Stopped.' : ' Still works.'
  return step.good ? ' Still works, as it should.' : ' No longer works, and it should.'
}

/** One sentence a step: what is tried, what came back on the seed, and what comes back now. */
export const attackLines = (attack: AttackView, width: number): readonly string[] => {
  if (attack.state === 'failed') {
    return wrap(`The attack could not be replayed: ${attack.error ?? 'no reason is known'}`, { width, rest: '  ' })
  }
  if (attack.state === 'running') return ['Replaying the attack.']
  return [
    'The attack, replayed just now:',
    ...attack.steps.flatMap((step) => {
      const before = step.before === undefined ? '' : `before ${step.before}, `
      const kind = step.role === 'attack' ? 'Attack' : 'Legitimate use'
      return wrap(`${kind}: ${step.title}: ${before}now ${step.now ?? 'not tried'}.${outcome(step)}`, {
        width,
        first: '  ',
        rest: '    ',
      })
    }),
  ]
}
