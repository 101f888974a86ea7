import { cut } from '../checks/findings.ts'
import { checkKind } from '../checks/registry.ts'
import { deadlineAfter } from '../core/deadline.ts'
import type { CheckSpec, Finding } from '../core/model.ts'
import type { AddOnStatus } from '../core/ports.ts'
import type { Gradable, World } from './world.ts'

/** Puts the blame for what is not met where it belongs. */
export type Outages = (
  spec: Pick<CheckSpec, 'kind'> & { readonly fields: CheckSpec['with'] },
  finding: Finding,
) => Promise<Finding>

const DEADLINE_MS = 6000
/** One answer serves all checks of a grading. */
const FRESH_MS = 2000
/** Characters of what was found: with an add-on down, a matrix says the same of each of its objects. */
const MOST_FOUND = 240

/** "External Secrets Operator does not run. It was stopped: its Deployment has no replicas." */
const words = ({ title, state, reason }: AddOnStatus): string => {
  const verb = { absent: 'is not in the cluster', broken: 'does not run', starting: 'does not answer' } as const
  const said = reason === undefined ? '' : reason.startsWith('It ') ? `. ${reason}` : `: ${reason}`
  return `${title} ${verb[state as keyof typeof verb]}${said}`.replace(/\.$/, '')
}

const mend = (down: readonly AddOnStatus[]): string => {
  const commands = down.map(({ name }) => `k8s-sec-lab cluster restart ${name}`)
  const reset = down.some(({ forgets }) => forgets)
    ? ', then begin the lesson again with k8s-sec-lab reset: what the lesson had written into it is gone'
    : ''
  return `Bring it back: ${commands.join(' && ')}${reset}`
}

/**
 * A check that is not met while an add-on does not answer that would have had to do something for it says nothing about
 * the learner's work: it becomes "could not check", with the add-on's own words. Asks only then.
 */
export const createOutages = ({
  addOns,
  clock,
  lesson,
}: Pick<World, 'addOns' | 'clock'> & { readonly lesson: Pick<Gradable, 'needs'> }): Outages => {
  const needed = lesson.needs?.addons ?? []
  const known = new Map<string, { readonly at: number; readonly status: Promise<AddOnStatus | undefined> }>()

  const ask = async (name: string): Promise<AddOnStatus | undefined> => {
    const deadline = deadlineAfter(DEADLINE_MS)
    try {
      return await addOns?.status(name, { signal: deadline.signal })
    } catch {
      // The cluster itself gives no answer: that is another matter, and told as such.
      return undefined
    } finally {
      deadline.end()
    }
  }
  const statusOf = (name: string): Promise<AddOnStatus | undefined> => {
    const before = known.get(name)
    if (before && clock.now() - before.at < FRESH_MS) return before.status
    const status = ask(name)
    known.set(name, { at: clock.now(), status })
    return status
  }

  return async (spec, finding) => {
    if (!addOns || finding.kind === 'met' || (finding.kind === 'unknown' && finding.notHere)) return finding
    const awaited = checkKind(spec.kind)?.awaits?.(spec.fields, finding) ?? []
    const asked = await Promise.all(awaited.filter((name) => needed.includes(name)).map(statusOf))
    const down = asked.flatMap((status) => (status && !['ready', 'stale'].includes(status.state) ? [status] : []))
    if (down.length === 0) return finding
    const seen = finding.kind === 'unmet' ? ` (found: ${cut(finding.found, MOST_FOUND)})` : ''
    const whose = `Until it does, nobody can say whether your work is right${seen}`
    return { kind: 'unknown', reason: `${down.map(words).join('. ')}. ${whose}. ${mend(down)}` }
  }
}
