/** Which backend is used, and the line that says why. Facts in, a decision out; select.ts collects the facts. */
import type { Backend } from '../core/model.ts'
import type { Engine } from './kind/engine.ts'

/** What `--backend` takes. */
export const BACKEND_CHOICES = ['auto', 'kind', 'embedded'] as const
export type BackendChoice = (typeof BACKEND_CHOICES)[number]

export type ChoiceFacts = {
  readonly asked: BackendChoice
  /** Preferred where there is no cluster yet. */
  readonly prefer?: Backend
  /** The backend of the cluster that this home has. */
  readonly inUse?: Backend
  /** Looked for under `auto` alone, where there is no cluster yet. */
  readonly engine?: Engine
  /** Why the kind program cannot be had here; absent when it can. */
  readonly kindMissing?: string
}

export type Decision = {
  readonly backend: Backend
  /** "kind: docker 28.2.2 answers" */
  readonly reason: string
  /** The backend whose cluster this one takes the place of. */
  readonly replaces?: Backend
}

/** Whether nothing but the machine can decide. */
export const dependsOnMachine = ({ asked, inUse, prefer }: ChoiceFacts): boolean =>
  asked === 'auto' && inUse === undefined && prefer === undefined

/** A cluster that is there is kept; else kind where an engine answers, and the embedded control plane everywhere else. */
export const decide = (facts: ChoiceFacts): Decision => {
  const { asked, inUse, prefer, engine, kindMissing } = facts
  if (asked !== 'auto') {
    if (inUse === undefined || inUse === asked) return { backend: asked, reason: `${asked}: as you chose` }
    return { backend: asked, reason: `${asked}: as you chose, in place of your ${inUse} cluster`, replaces: inUse }
  }
  if (inUse !== undefined) return { backend: inUse, reason: `${inUse}: your cluster of the last time` }
  if (prefer !== undefined) return { backend: prefer, reason: `${prefer}: K8S_SEC_LAB_BACKEND says so` }
  if (engine?.kind !== 'ready') return { backend: 'embedded', reason: `embedded: ${lacking(engine)}` }
  if (kindMissing !== undefined) {
    return {
      backend: 'embedded',
      reason: `embedded: ${engine.command} answers, but kind cannot be had: ${kindMissing}`,
    }
  }
  return { backend: 'kind', reason: `kind: ${engine.command} ${engine.version} answers` }
}

const WHY = {
  'not-running': 'is installed, but does not answer',
  'no-permission': 'does not let you in',
  unfit: 'cannot run nodes here',
} as const

const lacking = (engine: Exclude<Engine, { readonly kind: 'ready' }> | undefined): string =>
  engine === undefined || engine.kind === 'none'
    ? 'no container engine is installed'
    : `no container engine can be used (${engine.name} ${WHY[engine.kind]})`
