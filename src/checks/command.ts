/** What the kinds that run a command share: how a lesson words it, and how its outcome is judged. */
import type { Json } from '../core/model.ts'
import type { ExecResult } from '../core/ports.ts'
import { secondsOf } from './duration.ts'
import { pattern, text, z } from './fields.ts'
import { cut, listed, quoted } from './findings.ts'

/** Fields of a command: what is run, and what it must come to. */
export const commandFields = {
  title: text.optional(),
  run: z.array(z.string()).min(1),
  timeout: z
    .string()
    .refine((value) => (secondsOf(value) ?? 0) > 0 && (secondsOf(value) ?? 0) <= 15, {
      error: 'expected a duration of at most 15s, like 5s',
    })
    .optional(),
  code: z
    .union([z.int().min(0).max(255), z.literal('nonzero'), z.literal('any')], {
      error: 'expected an exit code, nonzero or any',
    })
    .optional(),
  prints: text.optional(),
  lacks: text.optional(),
  matches: pattern.optional(),
}

/** A command of a lesson, as `commandFields` reads it. */
export type Command = {
  /** What the command shows, in words: messages say this in its place. */
  readonly title?: string | undefined
  readonly run: readonly string[]
  readonly timeout?: string | undefined
  readonly code?: number | 'nonzero' | 'any' | undefined
  readonly prints?: string | undefined
  readonly lacks?: string | undefined
  readonly matches?: string | undefined
}

const DEFAULT_TIMEOUT_MS = 10_000
/** Exit code of a command that was stopped because its time was up. */
const STOPPED = 124

/** How long a command may take. */
export const timeoutOf = (command: Command): number =>
  command.timeout === undefined ? DEFAULT_TIMEOUT_MS : (secondsOf(command.timeout) ?? 0) * 1000

/** The command as somebody would type it. */
export const commandLine = (command: Pick<Command, 'run'>): string => command.run.map(quoted).join(' ')

/** How messages call the command. */
const nameOf = (command: Command): string => command.title ?? `\`${commandLine(command)}\``

/** Exit code 0 is wanted unless a lesson says otherwise: a command that could not look proves nothing. */
const wantedCode = (command: Command): number | 'nonzero' | 'any' => command.code ?? 0

const codeIsRight = (command: Command, code: number): boolean => {
  const wanted = wantedCode(command)
  return wanted === 'any' || (wanted === 'nonzero' ? code !== 0 && code !== STOPPED : code === wanted)
}

/** Both streams, as a terminal shows them. */
const outputOf = (result: ExecResult): string => [result.stdout, result.stderr].filter((part) => part !== '').join('\n')

/** What the command is to come to, in words. */
export const expectedOf = (command: Command): string => {
  const wanted = wantedCode(command)
  const ends = wanted === 'any' ? [] : [wanted === 'nonzero' ? 'fails' : wanted === 0 ? 'works' : `ends with ${wanted}`]
  const says = [
    command.prints === undefined ? '' : `prints ${command.prints}`,
    command.matches === undefined ? '' : `prints something like ${command.matches}`,
    command.lacks === undefined ? '' : `does not print ${command.lacks}`,
  ].filter((part) => part !== '')
  return `${nameOf(command)} ${listed([...ends, ...says])}`
}

const shown = (result: ExecResult): string => {
  const output = outputOf(result).trim()
  return output === '' ? 'printed nothing' : `printed: ${cut(output, 400)}`
}

/** What a command with a title of its own shows: the words of the lesson take the place of the pattern. */
const titled = ({ title }: Command, result: ExecResult): string =>
  `${title}: ${cut(outputOf(result).trim() || 'nothing', 400)}`

/** What is wrong with how the command ended, or undefined when it is as wanted. */
export const wrongWith = (command: Command, result: ExecResult): string | undefined => {
  const line = nameOf(command)
  if (!codeIsRight(command, result.code)) {
    if (result.code === STOPPED) return `${line} had not ended after ${timeoutOf(command) / 1000} seconds`
    if (wantedCode(command) === 'nonzero') return `${line} worked and ${shown(result)}`
    return `${line} ended with exit code ${result.code} and ${shown(result)}`
  }
  const output = outputOf(result)
  const { prints, lacks, matches } = command
  const fits =
    (prints === undefined || output.includes(prints)) &&
    (matches === undefined || new RegExp(matches, 'm').test(output)) &&
    (lacks === undefined || !output.includes(lacks))
  if (fits) return undefined
  if (command.title !== undefined) return titled(command, result)
  if (prints !== undefined && !output.includes(prints)) return `${line} ${shown(result)}, without ${prints}`
  if (matches !== undefined && !new RegExp(matches, 'm').test(output)) {
    return `${line} ${shown(result)}, nothing like ${matches}`
  }
  return `${line} ${shown(result)}, with ${lacks} in it`
}

/** A result that is as wanted, in words. */
export const rightWith = (command: Command, result: ExecResult): string =>
  command.title !== undefined
    ? titled(command, result)
    : `${nameOf(command)} ${result.code === 0 ? '' : `ended with exit code ${result.code} and `}${shown(result)}`

/** A result as data for `say`. */
export const resultData = (result: ExecResult): { readonly [key: string]: Json } => ({
  code: result.code,
  stdout: cut(result.stdout, 4000),
  stderr: cut(result.stderr, 2000),
})
