/** The container images of clusters/images.yaml, and which of their two names a cluster uses. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { programFolder } from '../store/program-folder.ts'
import { brokenInstall } from './profile-files.ts'

/** One image: `public` from a registry, `local` as scripts/kind builds it. */
export type LessonImage = {
  readonly name: string
  readonly public: string
  readonly local: string
  /** The add-on that runs it: loaded with that, not with the cluster. */
  readonly addOn?: string
}

/** References by the name that lessons write: the values of ((image.x)). */
export type ImageNames = Readonly<Record<string, string>>

/** Every image that lessons may name. Throws UserError when the lab's own file is missing or broken. */
export const lessonImages = (): readonly LessonImage[] => {
  const path = join(programFolder(), 'clusters', 'images.yaml')
  try {
    const entries = Object.entries(parse(readFileSync(path, 'utf8')) as Record<string, Partial<LessonImage>>)
    return entries.map(([name, { public: anyone, local, addOn }]) => {
      if (typeof anyone !== 'string' || typeof local !== 'string') throw new Error(`${name}: expected public and local`)
      return { name, public: anyone, local, ...(addOn === undefined ? {} : { addOn }) }
    })
  } catch (error) {
    throw brokenInstall(path, error)
  }
}

/** Names from registries, for a cluster that has none of the local images. */
export const publicImages = (): ImageNames =>
  Object.fromEntries(lessonImages().map((image) => [image.name, image.public]))
