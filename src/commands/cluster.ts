import { withRemedy } from '../cluster/explain.ts'
import { UserError } from '../core/errors.ts'
import type { AddOnStatus, Cluster, ClusterStatus, ComponentName, FileOutcome, Report } from '../core/ports.ts'

type Common = { readonly cluster: Cluster; readonly write: (text: string) => void; readonly signal?: AbortSignal }

/** `cluster up`: brings the cluster up or repairs it. 0 when it is ready, 3 when not. */
export const clusterUp = async (
  options: Common & { readonly json: boolean; readonly report: Report },
): Promise<0 | 3> => {
  const status = await options.cluster.up({ signal: options.signal, report: options.report })
  options.write(options.json ? statusJson(status) : `${statusLines(status).join('\n')}\n`)
  return status.state === 'ready' ? 0 : 3
}

/** `cluster down`: removes the cluster and everything it made. Always 0, also when there was none. */
export const clusterDown = async (
  options: Common & { readonly json: boolean; readonly report: Report },
): Promise<0> => {
  await options.cluster.down({ signal: options.signal, report: options.report })
  options.write(options.json ? statusJson(await options.cluster.status()) : 'The cluster is gone.\n')
  return 0
}

/** `cluster status`: 0 when ready, 3 in any other state. */
export const clusterStatus = async (
  options: Common & { readonly json: boolean; readonly addOns?: () => Promise<readonly AddOnStatus[]> },
): Promise<0 | 3> => {
  const status = await options.cluster.status()
  // Only a cluster that answers can say what has been put into it.
  const addOns = status.state === 'ready' && !options.json ? await options.addOns?.() : undefined
  options.write(options.json ? statusJson(status) : `${[...statusLines(status), ...addOnLines(addOns)].join('\n')}\n`)
  return status.state === 'ready' ? 0 : 3
}

/** `cluster restart <component>`: 0 once it is ready again, 3 when it does not come back. */
export const clusterRestart = async (options: Common & { readonly component: string }): Promise<0 | 3> => {
  const { cluster, component, signal, write } = options
  const outcome = await cluster.restart(componentName(component), { signal })
  const { text, code } = outcomeText(component, outcome)
  write(`${text}\n`)
  return code
}

/** The JSON of `cluster status`; its field names are a contract. */
export const statusJson = (status: ClusterStatus): string => {
  const { backend, state, version, kubeconfig, since, reason, components } = status
  return `${JSON.stringify(
    {
      backend,
      state,
      version: version ?? null,
      kubeconfig: kubeconfig ?? null,
      since: since ?? null,
      reason: reason ?? null,
      components,
    },
    undefined,
    2,
  )}\n`
}

/** The same for people. */
export const statusLines = (status: ClusterStatus): readonly string[] => {
  if (status.state === 'absent')
    return [`Cluster (${status.backend}): none. Bring it up with \`k8s-sec-lab cluster up\`.`]
  const width = Math.max(...status.components.map((one) => one.name.length))
  return [
    `Cluster (${status.backend}): ${status.state}${status.version === undefined ? '' : `, Kubernetes ${status.version}`}`,
    ...(status.reason === undefined ? [] : [status.reason]),
    ...status.components.map((one) => {
      const pid = one.pid === undefined ? '' : `, pid ${one.pid}`
      const since = one.since === undefined ? '' : `, since ${one.since}`
      const restarts = one.restarts === 0 ? '' : `, ${one.restarts} ${one.restarts === 1 ? 'restart' : 'restarts'}`
      const words = one.lastError === undefined ? '' : `\n    ${one.lastError}`
      return `  ${one.name.padEnd(width)}  ${one.state}${pid}${since}${restarts}${words}`
    }),
    ...(status.kubeconfig === undefined ? [] : [`Kubeconfig: ${status.kubeconfig}`]),
  ]
}

const addOnLines = (addOns: readonly AddOnStatus[] = []): readonly string[] =>
  addOns.map(
    ({ name, version, state, reason }) =>
      `Add-on ${name} ${version}: ${state}${reason === undefined ? '' : `\n    ${reason}`}`,
  )

/** What became of a changed file or a restart, in a sentence or two, and the exit code for it. */
export const outcomeText = (subject: string, outcome: FileOutcome): { readonly text: string; readonly code: 0 | 3 } => {
  switch (outcome.kind) {
    case 'unchanged':
      return { text: `${subject}: nothing changed.`, code: 0 }
    case 'applied':
      return { text: `${subject}: in effect, ready again after ${outcome.seconds.toFixed(1)} s.`, code: 0 }
    case 'reloading':
      return { text: `${subject}: saved. ${outcome.note}`, code: 0 }
    case 'rejected':
      return { text: `${subject}: saved, but rejected. ${outcome.error}`, code: 3 }
    case 'crashing':
      return {
        text: `${subject}: the component does not start with it. It says: ${withRemedy(outcome.error)}`,
        code: 3,
      }
  }
}

/** Throws UserError for a component name that is none. */
export const componentName = (name: string): ComponentName => {
  const known = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet'] as const
  const found = known.find((one) => one === name)
  if (found) return found
  throw new UserError({ what: `There is no component "${name}".`, next: `Choose one of: ${known.join(', ')}.` })
}
