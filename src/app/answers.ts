import { UserError } from '../core/errors.ts'
import type { Workspace } from '../core/ports.ts'

const FILE = 'answers.yaml'
const LINE = /^([A-Za-z0-9_-]+):\s*(.*)$/

/** Sets one answer in the flat map `answers.yaml` of a workspace; other lines, the learner's own too, stay as they are. */
export const writeAnswer = async (
  workspace: Workspace,
  answer: { readonly key: string; readonly value: string },
): Promise<void> => {
  const { key, value } = answer
  if (!/^[A-Za-z0-9_-]+$/.test(key)) {
    throw new UserError({
      what: `“${key}” cannot be the name of an answer.`,
      next: 'Use the name that the lesson gives.',
    })
  }
  const before = new TextDecoder().decode((await workspace.read(FILE)) ?? new Uint8Array())
  const lines = before.split('\n').filter((line) => line.match(LINE)?.[1] !== key)
  while (lines.at(-1)?.trim() === '') lines.pop()
  // JSON strings are YAML strings, whatever the learner typed.
  await workspace.write(FILE, `${[...lines, `${key}: ${JSON.stringify(value)}`].join('\n')}\n`)
}
