import { chmod, mkdir, rename, writeFile } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import type { Attempt, Lesson } from '../core/model.ts'
import { scriptVariables } from '../core/vars.ts'
import { scannerEnvironment } from '../scanner/environment.ts'
import type { LabPaths } from '../store/paths.ts'

const PROGRAM = 'k8s-sec-lab'

/** A string as one word of a POSIX shell. */
export const shellWord = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/**
 * What the learner's shell, and every script of a lesson, finds in its environment besides the caller's own:
 * the lab's kubeconfig, its tools first on PATH, the home, and the values of this attempt.
 */
export const learnerEnvironment = (options: {
  readonly paths: LabPaths
  readonly env: Readonly<Record<string, string | undefined>>
  /** From the Cluster port; empty when no cluster is up. */
  readonly cluster: Readonly<Record<string, string>>
  readonly lesson?: Lesson
  readonly attempt?: Attempt
}): Readonly<Record<string, string>> => {
  const { paths, env, cluster, lesson, attempt } = options
  const rest = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '' && folder !== paths.bin)
  return {
    ...cluster,
    PATH: [paths.bin, ...rest].join(delimiter),
    ...(env.K8S_SEC_LAB_HOME ? { K8S_SEC_LAB_HOME: resolve(env.K8S_SEC_LAB_HOME) } : {}),
    ...(lesson ? { K8S_SEC_LAB_LESSON: lesson.id } : {}),
    ...(lesson?.needs.tools.includes('trivy') ? scannerEnvironment(paths) : {}),
    ...(attempt && attempt.lesson === lesson?.id ? scriptVariables(attempt) : {}),
  }
}

/** Puts a `k8s-sec-lab` into the lab's folder of tools that runs this very program, however it was started. */
export const writeShim = async (paths: LabPaths, self: readonly string[]): Promise<void> => {
  await mkdir(paths.bin, { recursive: true, mode: 0o700 })
  const draft = join(paths.bin, `.${PROGRAM}.${process.pid}`)
  await writeFile(draft, `#!/bin/sh\nexec ${self.map(shellWord).join(' ')} "$@"\n`)
  await chmod(draft, 0o755)
  await rename(draft, join(paths.bin, PROGRAM))
}
