import { UserError } from '../core/errors.ts'
import type { Cluster, ComponentName, FileOutcome } from '../core/ports.ts'

/** Where the keys lie that stored objects were written with: changing it blindly makes them unreadable. */
export const ENCRYPTION_FILE = 'encryption.yaml'

/** Names of the control-plane files whose text is not the one given. */
export const changedFiles = async (
  cluster: Cluster,
  wanted: Readonly<Record<string, string>>,
): Promise<readonly string[]> => {
  const changed: string[] = []
  for (const { name } of cluster.files()) {
    const text = wanted[name]
    if (text !== undefined && (await cluster.readFile(name).catch(() => undefined)) !== text) changed.push(name)
  }
  return changed
}

const failure = (component: string, outcome: FileOutcome): UserError | undefined => {
  if (outcome.kind !== 'rejected' && outcome.kind !== 'crashing') return undefined
  return new UserError({
    what: `${component} does not start with the lab's own files: ${outcome.error}`,
    next: 'Make the cluster anew: k8s-sec-lab cluster down, then k8s-sec-lab start.',
    exitCode: 3,
  })
}

/**
 * Writes control-plane files and waits until the components really run with them: what is only reloaded some time is
 * made certain by a restart. Throws UserError with the component's own words when it does not come back.
 */
export const writeControlPlane = async (options: {
  readonly cluster: Cluster
  readonly files: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}): Promise<void> => {
  const { cluster, signal } = options
  // Manifests last: a component that is started anew finds the files it names.
  const order = cluster
    .files()
    .filter(({ name }) => options.files[name] !== undefined)
    .sort((a, b) => Number(a.name === `${a.component}.yaml`) - Number(b.name === `${b.component}.yaml`))
  const unknown = Object.keys(options.files).filter((name) => !order.some((file) => file.name === name))
  if (unknown.length > 0) {
    throw new UserError({
      what: `This cluster has no control-plane file ${unknown.join(', ')}.`,
      next: 'Run the lesson on another backend: k8s-sec-lab doctor shows which there are.',
      exitCode: 3,
    })
  }
  // A file may be refused only because another one is still to come; what counts is how it ends.
  const uncertain = new Set<ComponentName>()
  let restarted = false
  for (const { name, component } of order) {
    const outcome = await cluster.writeFile(name, options.files[name] ?? '', { signal })
    if (outcome.kind === 'applied') {
      uncertain.delete(component)
      restarted = true
    } else if (outcome.kind !== 'unchanged') uncertain.add(component)
  }
  for (const component of uncertain) {
    const error = failure(component, await cluster.restart(component, { signal }))
    if (error) throw error
    restarted = true
  }
  // Controllers that lost their watches wait longer and longer before they try again; a new start tries at once.
  if (restarted && cluster.files().some(({ component }) => component === 'kube-controller-manager')) {
    await cluster.restart('kube-controller-manager', { signal })
  }
}
