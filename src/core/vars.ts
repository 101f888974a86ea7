import type { Attempt, VarSpec } from './model.ts'

/** `count` bytes nobody can guess; the caller brings the source, so that tests can bring a known one. */
export type RandomBytes = (count: number) => Uint8Array

/** Letters and digits without those that look alike (0 O 1 l I). */
const PASSWORD = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const LETTERS = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ'
const LABEL = 'abcdefghijkmnpqrstuvwxyz23456789'

/** A number from 0 to limit-1, each as likely as the other: bytes that would favour some are thrown away. */
const below = (limit: number, random: RandomBytes): number => {
  const bytes = limit > 256 ? 2 : 1
  const range = 256 ** bytes
  const top = range - (range % limit)
  for (;;) {
    const value = random(bytes).reduce((sum, byte) => sum * 256 + byte, 0)
    if (value < top) return value % limit
  }
}

const pick = (from: string, count: number, random: RandomBytes): string =>
  Array.from({ length: count }, () => from.charAt(below(from.length, random))).join('')

/** A value for one specification. A password starts with a letter, so that YAML never reads it as a number. */
export const makeValue = (spec: VarSpec, random: RandomBytes): string => {
  switch (spec.kind) {
    case 'password':
      return pick(LETTERS, 1, random) + pick(PASSWORD, Math.max(0, spec.length - 1), random)
    case 'name':
      return spec.prefix + pick(LABEL, 5, random)
    case 'port':
      return String(20_000 + below(20_000, random))
    case 'pick':
      return spec.from[below(spec.from.length, random)] ?? ''
  }
}

/** A fresh value for every variable (per attempt) or nonce (per grading). */
export const makeValues = (
  specs: Readonly<Record<string, VarSpec>>,
  random: RandomBytes,
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, makeValue(spec, random)]))

/** Name of the environment variable that carries `((vars.<name>))` in scripts and in the learner's shell. */
export const scriptVariable = (name: string): string => `LAB_VAR_${name.toUpperCase().replaceAll('-', '_')}`

/** Name of the environment variable that carries `((image.<name>))`. */
export const imageVariable = (name: string): string => `LAB_IMAGE_${name.toUpperCase().replaceAll('-', '_')}`

/** The attempt's variables and images as scripts and the learner's shell see them. */
export const scriptVariables = ({ vars, images }: Pick<Attempt, 'vars' | 'images'>): Readonly<Record<string, string>> =>
  Object.fromEntries([
    ...Object.entries(vars).map(([name, value]) => [scriptVariable(name), value]),
    ...Object.entries(images).map(([name, value]) => [imageVariable(name), value]),
  ])
