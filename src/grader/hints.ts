/** What each check of a lesson watches, put together, and which checks a change could touch. Pure but for discovery. */
import { matchesGlob } from '../checks/glob.ts'
import type { WatchHint } from '../checks/kind.ts'
import { checkKind } from '../checks/registry.ts'
import { pathIn, resourceOf } from '../core/api/discovery.ts'
import type { Bindings, CheckSpec, Json } from '../core/model.ts'
import type { ComponentName, Probe } from '../core/ports.ts'
import { fillKnown } from '../core/template.ts'

/** The hints of one check. */
export type Hints = { readonly id: string; readonly hints: readonly WatchHint[] }

/** A collection to watch, and the checks that a change in it could touch. */
export type WatchPath = { readonly path: string; readonly checks: readonly string[] }

const fillKnownJson = (value: Json, bindings: Bindings): Json => {
  if (typeof value === 'string') return fillKnown(value, bindings)
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((each) => fillKnownJson(each as Json, bindings))
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fillKnownJson(each as Json, bindings)]))
}

/** What the checks watch. A namespace that is made up for each run is left out: nobody else changes anything in it. */
export const hintsOf = (checks: readonly CheckSpec[], bindings: Omit<Bindings, 'nonce'>): readonly Hints[] =>
  checks.map((spec) => {
    const fields = fillKnownJson(spec.with, { ...bindings, nonce: {} }) as CheckSpec['with']
    const hints = checkKind(spec.kind)?.watches(fields, spec) ?? []
    return { id: spec.id, hints: hints.filter((hint) => !JSON.stringify(hint).includes('((nonce.')) }
  })

/** Ids of the checks for which `touches` holds of one of their hints. */
export const touchedBy = (all: readonly Hints[], touches: (hint: WatchHint) => boolean): readonly string[] =>
  all.filter(({ hints }) => hints.some(touches)).map(({ id }) => id)

/** Checks that a changed workspace path could touch; a folder that comes or goes brings its files with it. */
export const touchedByFile = (all: readonly Hints[], path: string): readonly string[] =>
  touchedBy(all, (hint) => hint.kind === 'file' && (matchesGlob(path, hint.path) || hint.path.startsWith(`${path}/`)))

/** Names of the control-plane files and components that any check looks at. */
export const polledNames = (
  all: readonly Hints[],
): { readonly files: readonly string[]; readonly components: readonly ComponentName[] } => {
  const hints = all.flatMap((one) => one.hints)
  const files = hints.flatMap((hint) => (hint.kind === 'control-plane-file' ? [hint.name] : []))
  const components = hints.flatMap((hint) => (hint.kind === 'component' ? [hint.name] : []))
  return { files: [...new Set(files)], components: [...new Set<ComponentName>(['kube-apiserver', ...components])] }
}

/**
 * The collections to watch, one connection each: a namespace's collection is left out where all namespaces are
 * watched anyway. Kinds that the API server does not serve (yet) are left to the periodic look.
 */
export const watchPaths = async (
  all: readonly Hints[],
  probe: Probe,
  signal: AbortSignal,
): Promise<readonly WatchPath[]> => {
  const wanted = new Map<string, { readonly whole: string; readonly checks: Set<string> }>()
  for (const { id, hints } of all) {
    for (const hint of hints) {
      if (hint.kind !== 'objects') continue
      const resource = await resourceOf(probe, { apiVersion: hint.apiVersion, kind: hint.object }, { signal }).catch(
        () => undefined,
      )
      if (!resource?.verbs.includes('watch')) continue
      const whole = pathIn(resource)
      const path = hint.namespace === undefined ? whole : pathIn(resource, { namespace: hint.namespace })
      const entry = wanted.get(path) ?? { whole, checks: new Set<string>() }
      entry.checks.add(id)
      wanted.set(path, entry)
    }
  }
  const paths = new Map<string, Set<string>>()
  for (const [path, { whole, checks }] of wanted) {
    const target = wanted.has(whole) ? whole : path
    paths.set(target, new Set([...(paths.get(target) ?? []), ...checks]))
  }
  return [...paths].map(([path, checks]) => ({ path, checks: [...checks] }))
}
