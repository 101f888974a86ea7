import { UserError } from '../core/errors.ts'

export type Source = 'cache' | 'path' | 'download' | 'build'

export const SOURCES: readonly Source[] = ['cache', 'path', 'download', 'build']

/**
 * Where tools may come from, in order. `K8S_SEC_LAB_TOOL_SOURCES` (e.g. `cache,build`) changes the order or leaves
 * sources out, for rooms and machines with rules of their own. Throws UserError for an unknown word.
 */
export const toolSources = (env: Readonly<Record<string, string | undefined>>): readonly Source[] => {
  const words = (env.K8S_SEC_LAB_TOOL_SOURCES ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean)
  if (words.length === 0) return SOURCES
  const unknown = words.find((word) => !SOURCES.some((source) => source === word))
  if (unknown !== undefined) {
    throw new UserError({
      what: `K8S_SEC_LAB_TOOL_SOURCES names "${unknown}", which is no source of tools.`,
      next: `Use a comma-separated list of: ${SOURCES.join(', ')}.`,
    })
  }
  return [...new Set(words as Source[])]
}
