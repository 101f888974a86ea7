/** Control-plane files of a lesson: whole ones, and patches onto files that differ from cluster to cluster. */
import { UserError } from '../core/errors.ts'
import { isPatch, mergePatch, patchedName } from '../core/merge-patch.ts'
import type { Bindings, Json, Lesson } from '../core/model.ts'
import type { Cluster } from '../core/ports.ts'
import { fill } from '../core/template.ts'
import { parseYaml, toYaml } from '../lessons/yaml.ts'

const readYaml = (text: string, name: string): Json => {
  const { value, mistakes } = parseYaml(text)
  const [mistake] = mistakes
  if (!mistake) return (value ?? {}) as Json
  throw new UserError({
    what: `${name} cannot be read as YAML: ${mistake.message}`,
    next: 'Make the cluster anew with `k8s-sec-lab cluster down`, or see `k8s-sec-lab lessons lint`.',
    exitCode: 3,
  })
}

/** Texts of a lesson's control-plane files by name, patches put onto what the cluster has now. */
export const controlPlaneSeed = async (
  lesson: Pick<Lesson, 'controlPlaneSeed'>,
  bindings: Bindings,
  cluster: Pick<Cluster, 'files' | 'readFile'>,
): Promise<Readonly<Record<string, string>>> => {
  const known = new Set(cluster.files().map(({ name }) => name))
  const texts = lesson.controlPlaneSeed.map(async ({ path, text }): Promise<readonly [string, string]> => {
    const name = patchedName(path)
    const filled = fill(text, bindings)
    // A file that this cluster does not have is refused where it is written, whole or patched.
    if (!isPatch(path) || !known.has(name)) return [name, filled]
    const now = readYaml(await cluster.readFile(name), name)
    return [name, toYaml(mergePatch(now, readYaml(filled, `seed/control-plane/${path}`)))]
  })
  return Object.fromEntries(await Promise.all(texts))
}
