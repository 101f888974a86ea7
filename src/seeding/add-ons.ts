import { UnreachableError, UserError } from '../core/errors.ts'
import type { Lesson } from '../core/model.ts'
import type { Place } from './begin.ts'

/** Brings up the add-ons that a lesson needs, and repairs those that are broken. */
export const ensureAddOns = async (
  { addOns, report, signal }: Pick<Place, 'addOns' | 'report' | 'signal'>,
  { id, needs }: Lesson,
): Promise<void> => {
  if (needs.addons.length === 0) return
  if (!addOns) {
    throw new UserError({
      what: `Lesson ${id} needs ${needs.addons.join(' and ')}, and there are no add-ons here.`,
      next: 'Begin it with `k8s-sec-lab start`.',
      exitCode: 3,
    })
  }
  await addOns.ensure(needs.addons, { report, signal })
}

/** What tells this life of add-ons that keep things in memory from another; nothing of one that does not answer. */
export const livesOf = async (
  { addOns, signal }: Pick<Place, 'addOns' | 'signal'>,
  names: readonly string[],
): Promise<Readonly<Record<string, string>>> => {
  try {
    return (await addOns?.lives(names, { signal })) ?? {}
  } catch (error) {
    if (error instanceof UnreachableError || error instanceof UserError) return {}
    throw error
  }
}
