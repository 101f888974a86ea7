import { UserError } from '../core/errors.ts'
import type { AddOn } from './add-on.ts'
import { externalSecrets } from './external-secrets.ts'
import { kyverno } from './kyverno.ts'
import { parameterStore } from './parameter-store.ts'
import { registry } from './registry.ts'
import { sealedSecrets } from './sealed-secrets.ts'
import { vault } from './vault.ts'

/** Every add-on of the lab. */
export const addOnCatalogue: readonly AddOn[] = [
  sealedSecrets,
  externalSecrets,
  vault,
  parameterStore,
  registry,
  kyverno,
]

/** Names that lessons may write under needs.addons. */
export const ADD_ON_NAMES: readonly string[] = addOnCatalogue.map(({ name }) => name)

/** Those of them that lessons get only where there are containers. */
export const ONLY_IN_CONTAINERS: readonly string[] = addOnCatalogue
  .filter(({ embedded }) => embedded === undefined)
  .map(({ name }) => name)

/** The add-on of that name; throws UserError with the known names. */
export const findAddOn = (name: string): AddOn => {
  const addOn = addOnCatalogue.find((each) => each.name === name)
  if (addOn) return addOn
  throw new UserError({ what: `There is no add-on "${name}".`, next: `Choose from: ${ADD_ON_NAMES.join(', ')}.` })
}
