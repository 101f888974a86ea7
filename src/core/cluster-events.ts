/** How the cluster comes up, breaks and comes back, and what that means for the lesson that is open. */
import type { LabEvent, MachineState, Problem, Step } from './events.ts'
import { beginWhenReady } from './opening.ts'
import type { ClusterStatus, StepReport } from './ports.ts'
import { andThen, notify, refreshCards, stay, withCluster, withCurrent } from './step.ts'

const sentence = (problem: Problem): string => `${problem.what} ${problem.next}`

const withStatus = (state: MachineState, status: ClusterStatus): MachineState =>
  withCluster(state, {
    state: status.state,
    version: status.version ?? state.lab.cluster.version,
    components: status.components,
    reason: status.state === 'ready' ? undefined : status.reason,
  })

/** The backend is known, or known better: what a node offers shows only once it runs. */
export const takeBackend = (state: MachineState, event: LabEvent & { readonly kind: 'backend-chosen' }): Step => {
  const { backend, capabilities, reason, replaces } = event
  const chosen = {
    ...withCluster(state, { backend, ...(reason === undefined ? {} : { choice: reason }) }),
    capabilities,
    ...(replaces === undefined ? {} : { replaced: true, attempt: undefined, inCluster: undefined }),
  }
  return beginWhenReady(refreshCards(chosen))
}

export const takeStep = (state: MachineState, step: StepReport): Step => {
  const { steps } = state.lab.cluster
  const known = steps.some((candidate) => candidate.id === step.id)
  return stay(
    withCluster(state, {
      steps: known ? steps.map((candidate) => (candidate.id === step.id ? step : candidate)) : [...steps, step],
    }),
  )
}

/** Bring-up has ended well. A lesson that had begun is looked at again: the cluster may be a new one. */
export const takeClusterUp = (state: MachineState, status: ClusterStatus): Step => {
  const up = { ...withStatus(state, status), bringingUp: false }
  if (status.state !== 'ready') return stay(up)
  const phase = up.lab.current?.phase
  const again = phase === 'working' || phase === 'passed' ? withCurrent(up, { phase: 'reading' }) : up
  return beginWhenReady(again)
}

export const takeClusterFailed = (state: MachineState, problem: Problem, at: number): Step =>
  stay(
    notify(
      withCluster(
        { ...state, bringingUp: false },
        { state: 'broken', reason: sentence(problem), watching: false, output: problem.output },
      ),
      {
        kind: 'error',
        what: problem.what,
        next: problem.next,
        at,
      },
    ),
  )

/** What the monitor saw. While a bring-up runs, that one speaks for the cluster. */
export const takeClusterStatus = (state: MachineState, status: ClusterStatus, at: number): Step => {
  if (state.bringingUp) return stay(withCluster(state, { components: status.components }))
  const before = state.lab.cluster.state
  const seen = withStatus(state, status)
  if (before === status.state) return stay(seen)
  // A component that restarts: after an edit, or because it died.
  if (status.state === 'starting') return stay(withCluster(seen, { startedAt: at }))
  if (status.state !== 'ready') return stay(withCluster(seen, { watching: false }))
  const phase = seen.lab.current?.phase
  if (phase === 'working' || phase === 'passed') return stay(seen, { kind: 'grade', run: seen.run })
  return andThen(stay(seen), beginWhenReady)
}
