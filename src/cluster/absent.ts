import { UserError } from '../core/errors.ts'

/** The answer of every backend when something is asked of a cluster that is not up. `known`: it was made once. */
export const notUp = (known: boolean): UserError =>
  new UserError({
    what: known ? 'The cluster is not running.' : 'There is no cluster yet.',
    next: 'Run `k8s-sec-lab cluster up`.',
    exitCode: 3,
  })

/** A control-plane file that should be there was removed. */
export const fileMissing = (name: string): UserError =>
  new UserError({
    what: `The cluster has no ${name}.`,
    next: 'Run `k8s-sec-lab cluster up`: it makes what is missing.',
    exitCode: 3,
  })

/** This backend runs no component of that name. */
export const noSuchComponent = (name: string, components: readonly string[]): UserError =>
  new UserError({ what: `This cluster has no component "${name}".`, next: `Choose one of: ${components.join(', ')}.` })
