import type { ComponentName, ComponentStatus } from '../../core/ports.ts'
import { failureIn } from '../last-words.ts'
import type { Sight } from './look.ts'

/** A server that asks who is there is there: 401 and 403 come from one that works. */
export const isHealthy = ({ health }: Sight): boolean =>
  health !== undefined && ((health >= 200 && health < 400) || health === 401 || health === 403)

/** A component's status out of what was seen of it. */
export const statusOf = (name: ComponentName, sight: Sight): ComponentStatus =>
  sight.unit ? kubeletStatus(sight, sight.unit) : podStatus(name, sight)

/** The component's own last words, when it ended. */
export const lastWordsOf = ({ words }: Pick<Sight, 'words'>): string | undefined =>
  failureIn(words.join('\n')) || undefined

const podStatus = (name: ComponentName, sight: Sight): ComponentStatus => {
  const [newest] = sight.containers
  const restarts = newest?.attempt ?? 0
  if (!sight.present) return { name, state: 'absent', restarts: 0 }
  if (newest?.state === 'running') {
    return {
      name,
      state: isHealthy(sight) ? 'running' : 'starting',
      ...(sight.pid === undefined ? {} : { pid: sight.pid }),
      since: new Date(newest.createdAt).toISOString(),
      restarts,
    }
  }
  const lastError = lastWordsOf(sight)
  if (newest?.state === 'exited') {
    return { name, state: 'backoff', restarts, ...(lastError === undefined ? {} : { lastError }) }
  }
  return { name, state: 'starting', restarts }
}

/** Seconds after which a kubelet that systemd has started again counts as one that stays. */
const STAYS_S = 10

const kubeletStatus = (sight: Sight, unit: Readonly<Record<string, string>>): ComponentStatus => {
  const name = 'kubelet'
  const restarts = Number(unit.NRestarts ?? 0)
  const lastError = lastWordsOf(sight)
  const words = lastError === undefined ? {} : { lastError }
  // systemd starts it again after a second, whatever it died of, and may be seen doing so. What somebody restarts begins at 0.
  const comesAndGoes = restarts > 0 && !isHealthy(sight) && Number(unit.Age) < STAYS_S
  if (unit.ActiveState === 'active' && comesAndGoes) return { name, state: 'backoff', restarts, ...words }
  if (unit.ActiveState === 'active') {
    const begun = /^@(\d+)$/.exec(unit.ExecMainStartTimestamp ?? '')?.[1]
    return {
      name,
      state: isHealthy(sight) ? 'running' : 'starting',
      ...(sight.pid === undefined ? {} : { pid: sight.pid }),
      ...(begun === undefined ? {} : { since: new Date(Number(begun) * 1000).toISOString() }),
      restarts,
    }
  }
  if (unit.ActiveState === 'activating' && unit.SubState !== 'auto-restart' && restarts === 0)
    return { name, state: 'starting', restarts }
  if (unit.ActiveState === 'activating') return { name, state: 'backoff', restarts, ...words }
  return { name, state: 'absent', restarts, ...words }
}
