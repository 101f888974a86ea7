import { patchedName } from '../core/merge-patch.ts'
import type { Lesson } from '../core/model.ts'
import type { ControlPlaneFile } from '../core/ports.ts'

export type Editable = { readonly name: string; readonly about: string }

/** Whether a lesson speaks of a file anywhere that the learner or a check looks. */
const mentions = (lesson: Lesson, name: string): boolean =>
  lesson.text.includes(name) ||
  lesson.controlPlaneSeed.some((file) => patchedName(file.path) === name) ||
  lesson.tasks.some((task) => task.checks.some((check) => JSON.stringify(check.with).includes(name)))

/** The files `edit` offers, those the open lesson is about first. */
export const editableFiles = (options: {
  readonly lesson?: Lesson
  readonly controlPlane: readonly ControlPlaneFile[]
  readonly workspace: readonly string[]
}): readonly Editable[] => {
  const { lesson, controlPlane, workspace } = options
  const onCluster = controlPlane.map((file) => ({ name: file.name, about: file.about }))
  const own = workspace.map((name) => ({ name, about: 'your file' }))
  if (!lesson) return [...own, ...onCluster]
  const onNode = lesson.nodeSeed.map(({ path }) => ({ name: `node:${path}`, about: 'on the node' }))
  const near = onCluster.filter((file) => mentions(lesson, file.name))
  return [...near, ...onNode, ...own, ...onCluster.filter((file) => !near.includes(file))]
}
