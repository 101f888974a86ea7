import { z } from 'zod'
import { UserError } from '../core/errors.ts'
import type { Attempt, Progress } from '../core/model.ts'

const count = z.int().min(0)
const texts = z.record(z.string(), z.string())

const lesson = z.object({
  status: z.enum(['new', 'started', 'passed']),
  startedAt: z.string().optional(),
  passedAt: z.string().optional(),
  seconds: z.number().min(0),
  hints: count,
  wrongTurns: count,
  solutionSeen: z.boolean(),
  edges: z.array(z.string()),
  quiz: z.record(z.string(), z.int()),
})

const progress = z.object({
  version: z.literal(1),
  lessons: z.record(z.string(), lesson),
  last: z.string().optional(),
})

const attempt = z.object({
  lesson: z.string(),
  startedAt: z.string(),
  vars: texts,
  captured: texts,
  before: texts,
})

/** Thrown by the parsers for text that is no such file at all: the store keeps such a file aside. */
export class CorruptFileError extends Error {
  override readonly name = 'CorruptFileError'
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new CorruptFileError('it is no JSON', { cause: error })
  }
}

const versionOf = (value: unknown): unknown =>
  value !== null && typeof value === 'object' && 'version' in value ? value.version : undefined

/**
 * Progress from the text of a file. Throws UserError when a newer lab wrote it (it is left alone), CorruptFileError
 * when it is none.
 */
export const parseProgress = (text: string, path: string): Progress => {
  const value = parseJson(text)
  const version = versionOf(value)
  if (typeof version === 'number' && version > 1) {
    throw new UserError({
      what: `${path} was written by a newer k8s-sec-lab (format ${version}, this one knows 1)`,
      next: 'Use that newer version, or set K8S_SEC_LAB_HOME to another folder for this one.',
    })
  }
  const parsed = progress.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new CorruptFileError(`${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'unreadable'}`)
}

/** An attempt from the text of a file; throws CorruptFileError when it is none. */
export const parseAttempt = (text: string): Attempt => {
  const parsed = attempt.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new CorruptFileError(`${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'unreadable'}`)
}

/** The text of a progress file, also what `progress export` prints. */
export const progressText = (value: Progress): string => `${JSON.stringify(value, null, 2)}\n`
