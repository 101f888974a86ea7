import { UserError } from '../core/errors.ts'
import type { Attempt, Progress } from '../core/model.ts'
import {
  amount,
  count,
  flag,
  list,
  object,
  oneOf,
  optional,
  record,
  type Shape,
  ShapeError,
  text,
  whole,
} from './shape.ts'

const texts = record(text)

const lesson = object({
  status: oneOf('new', 'started', 'passed'),
  startedAt: optional(text),
  passedAt: optional(text),
  seconds: amount,
  hints: count,
  wrongTurns: count,
  solutionSeen: flag,
  edges: list(text),
  quiz: record(whole),
})

const progress = object({ version: oneOf(1), lessons: record(lesson), last: optional(text) })

const attempt = object({
  lesson: text,
  startedAt: text,
  vars: texts,
  captured: texts,
  // Attempts of earlier versions have none.
  images: optional(texts),
  before: texts,
})

/** Thrown by the parsers for text that is no such file at all: the store keeps such a file aside. */
export class CorruptFileError extends Error {
  override readonly name = 'CorruptFileError'
}

const parseJson = (content: string): unknown => {
  try {
    return JSON.parse(content)
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
export const parseProgress = (content: string, path: string): Progress => {
  const value = parseJson(content)
  const version = versionOf(value)
  if (typeof version === 'number' && version > 1) {
    throw new UserError({
      what: `${path} was written by a newer k8s-sec-lab (format ${version}, this one knows 1)`,
      next: 'Use that newer version, or set K8S_SEC_LAB_HOME to another folder for this one.',
    })
  }
  return take(progress, value)
}

/** An attempt from the text of a file; throws CorruptFileError when it is none. */
export const parseAttempt = (content: string): Attempt => {
  const taken = take(attempt, parseJson(content))
  return { ...taken, images: taken.images ?? {} }
}

const take = <T>(shape: Shape<T>, value: unknown): T => {
  try {
    return shape(value, '')
  } catch (error) {
    if (error instanceof ShapeError) throw new CorruptFileError(error.message)
    throw error
  }
}

/** The text of a progress file, also what `progress export` prints. */
export const progressText = (value: Progress): string => `${JSON.stringify(value, null, 2)}\n`
