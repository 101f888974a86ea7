import { lintLessons } from '../lessons/lint.ts'
import { mistakeLine } from '../lessons/mistake.ts'
import type { ExitCode, Io } from './io.ts'

/** Programs that lessons may ask for and that the lab does not bring along. */
const SYSTEM_TOOLS = ['bash', 'base64', 'curl', 'jq', 'openssl']

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/**
 * `lessons lint [lesson…]`: every mistake at once, as `file:line:col`. Exit code 0 when there is no error (warnings
 * are shown and forgiven), 1 when there is one, 2 when a lesson named does not exist.
 */
export const lintCommand = async (options: {
  readonly io: Pick<Io, 'out' | 'err'>
  readonly dirs: readonly string[]
  readonly only?: readonly string[]
  readonly json?: boolean
}): Promise<ExitCode> => {
  const { io, only = [] } = options
  const [{ ADD_ON_NAMES, ONLY_IN_CONTAINERS }, { catalogue }, { publicImages }] = await Promise.all([
    import('../addons/catalogue.ts'),
    import('../tools/catalogue/catalogue.ts'),
    import('../cluster/lesson-images.ts'),
  ])
  const tools = [...catalogue.map((entry) => entry.name), ...SYSTEM_TOOLS]
  const images = Object.keys(publicImages())
  const known = { tools, images, addons: ADD_ON_NAMES, onlyInContainers: ONLY_IN_CONTAINERS }
  const result = await lintLessons({ dirs: options.dirs, only, catalogue: known })
  if (only.length > 0 && result.lessons.length < only.length) {
    io.err(`Found ${plural(result.lessons.length, 'lesson')} for ${plural(only.length, 'name')}: ${only.join(', ')}.\n`)
    io.err('See all lessons with `k8s-sec-lab list`.\n')
    return 2
  }
  const errors = result.mistakes.filter((mistake) => mistake.severity === 'error').length
  const warnings = result.mistakes.length - errors
  if (options.json) {
    io.out(`${JSON.stringify({ ok: errors === 0, lessons: result.lessons, mistakes: result.mistakes }, null, 2)}\n`)
  } else {
    for (const mistake of result.mistakes) io.out(`${mistakeLine(mistake)}\n`)
    const verdict = `${plural(errors, 'error')}, ${plural(warnings, 'warning')}`
    io.out(
      `${plural(result.lessons.length, 'lesson')}: ${errors + warnings === 0 ? 'nothing to complain about' : verdict}\n`,
    )
  }
  return errors === 0 ? 0 : 2
}

/** `lessons new <module>/<slug>`: the smallest lesson of the format; lint says what is still to be written. */
export const newCommand = async (options: {
  readonly io: Pick<Io, 'out'>
  readonly dir: string
  readonly name: string
}): Promise<ExitCode> => {
  const { scaffoldLesson } = await import('../lessons/scaffold.ts')
  const { id, folder, files } = await scaffoldLesson(options)
  options.io.out(`Made lesson ${id} in ${folder}:\n${files.map((path) => `  ${path}\n`).join('')}`)
  options.io.out(`See what is still to be written: k8s-sec-lab lessons lint ${options.name}\n`)
  return 0
}

/** `lessons schema`: JSON Schema of lesson.yaml, for editors, with the fields of every check kind. */
export const schemaCommand = async (options: { readonly io: Pick<Io, 'out'> }): Promise<ExitCode> => {
  const { lessonJsonSchema } = await import('../lessons/json-schema.ts')
  options.io.out(`${JSON.stringify(await lessonJsonSchema(), null, 2)}\n`)
  return 0
}
