import { describe } from 'vitest'
import { kindHere, kindIsRequired } from './kind-here.ts'

/**
 * Tests that need something of the machine: described, or with a `reason` why it is not there skipped, the reason
 * printed and in their name. Where kind is required, everything is.
 */
export const describeUnless = (reason: string | undefined, name: string, tests: () => void): void => {
  if (reason === undefined) {
    describe(name, tests)
    return
  }
  if (kindIsRequired) throw new Error(`${name}: ${reason}`)
  console.info(`skipped: ${name}: ${reason}`)
  describe.skip(`${name} (not here: ${reason})`, tests)
}

/** Tests that need real nodes. */
export const describeOnKind = async (name: string, tests: () => void): Promise<void> => {
  const here = await kindHere()
  describeUnless(here.kind === 'yes' ? undefined : here.reason, name, tests)
}
