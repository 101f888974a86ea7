/**
 * Values of unknown origin taken into a type, field by field; unknown fields are dropped. Beside zod, because reading the
 * learner's progress must not cost more time than all the rest of a short command.
 */

/** Answers the value, or throws ShapeError that names the place. */
export type Shape<T> = (value: unknown, path: string) => T

export class ShapeError extends Error {
  override readonly name = 'ShapeError'
}

const shape =
  <T>(expected: string, isOne: (value: unknown) => value is T): Shape<T> =>
  (value, path) => {
    if (isOne(value)) return value
    throw new ShapeError(`${path || 'the file'}: expected ${expected}`)
  }

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

const anObject = shape('an object', isObject)
const anArray = shape('a list', (value): value is readonly unknown[] => Array.isArray(value))

export const text = shape('text', (value): value is string => typeof value === 'string')
export const flag = shape('true or false', (value): value is boolean => typeof value === 'boolean')
/** A number from zero up. */
export const amount = shape(
  'a number from 0',
  (value): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0,
)
export const whole = shape('a whole number', (value): value is number => Number.isSafeInteger(value))
export const count: Shape<number> = (value, path) => amount(whole(value, path), path)

export const oneOf = <const T extends string | number>(...known: readonly T[]): Shape<T> =>
  shape(known.join(' or '), (value): value is T => (known as readonly unknown[]).includes(value))

export const optional =
  <T>(of: Shape<T>): Shape<T | undefined> =>
  (value, path) =>
    value === undefined ? undefined : of(value, path)

export const list =
  <T>(of: Shape<T>): Shape<readonly T[]> =>
  (value, path) =>
    anArray(value, path).map((each, index) => of(each, `${path}.${index}`))

export const record =
  <T>(of: Shape<T>): Shape<Readonly<Record<string, T>>> =>
  (value, path) =>
    Object.fromEntries(Object.entries(anObject(value, path)).map(([key, each]) => [key, of(each, within(path, key))]))

export const object =
  <F extends Readonly<Record<string, Shape<unknown>>>>(
    fields: F,
  ): Shape<{ readonly [K in keyof F]: ReturnType<F[K]> }> =>
  (value, path) => {
    const given = anObject(value, path)
    const taken = Object.entries(fields).map(([key, of]) => [key, of(given[key], within(path, key))] as const)
    return Object.fromEntries(taken.filter(([, each]) => each !== undefined)) as {
      readonly [K in keyof F]: ReturnType<F[K]>
    }
  }

const within = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)
