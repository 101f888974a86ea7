import type { Report, StepReport } from '../core/ports.ts'
import { isNews, stepLine } from '../text/cluster.ts'

/** Reports long work as lines: one when a step starts, ends, or has moved on by a fifth. */
export const stepLines = (write: (text: string) => void): Report => {
  const known = new Map<string, StepReport>()
  return (step) => {
    if (isNews(known.get(step.id), step)) write(`  ${stepLine(step)}\n`)
    known.set(step.id, step)
  }
}
