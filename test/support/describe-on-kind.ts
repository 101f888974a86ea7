import { describe } from 'vitest'
import { kindHere } from './kind-here.ts'

/** Tests that need real nodes: described where there can be some, else skipped with the reason in their name and printed. */
export const describeOnKind = async (name: string, tests: () => void): Promise<void> => {
  const here = await kindHere()
  if (here.kind === 'yes') {
    describe(name, tests)
    return
  }
  console.info(`skipped: ${name}: ${here.reason}`)
  describe.skip(`${name} (not here: ${here.reason})`, tests)
}
