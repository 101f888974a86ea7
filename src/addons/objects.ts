import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { apply, describeRef, type Manifest, refOf } from '../core/api/objects.ts'
import { isOk, statusMessage } from '../core/api/reply.ts'
import { UserError } from '../core/errors.ts'
import type { Clock, Probe } from '../core/ports.ts'
import { programFolder } from '../store/program-folder.ts'
import type { AddOn } from './add-on.ts'

/** The label that every object of an add-on carries; its value is the add-on's name. */
export const ADD_ON_LABEL = 'k8s-sec-lab.dev/add-on'

const PLACEHOLDER = /\(\((image|port|value|files)\.([A-Za-z][A-Za-z0-9_-]*)\)\)/g
const FILES = /\(\(files\.([A-Za-z][A-Za-z0-9_-]*)\)\)/g
/** A kind is served some moments after its definition, a namespace takes objects some moments after it was made. */
const APPLY_MS = 20_000

export type Values = {
  readonly image?: Readonly<Record<string, string>>
  readonly port?: Readonly<Record<string, number>>
  readonly value?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
}

/** The text with values in place of ((image.x)), ((port.x)), ((value.x)) and ((files.x)). Throws UserError for one that has none. */
export const fillValues = (text: string, values: Values, file: string): string =>
  text.replace(PLACEHOLDER, (whole: string, group: keyof Values, name: string) => {
    const value = values[group]?.[name]
    if (value !== undefined) return String(value)
    throw new UserError({ what: `${file}: ${whole} has no value.`, next: 'Name it in the add-on’s own file.' })
  })

/** Every object of a YAML text. */
export const objectsIn = (text: string): readonly Manifest[] =>
  parseAllDocuments(text).flatMap((document) => {
    const object = document.toJS() as Manifest | null
    return object === null ? [] : [object]
  })

/** What the lab has of an add-on: clusters/addons/NAME. */
export const ownFolder = ({ name }: AddOn): string => join(programFolder(), 'clusters', 'addons', name)

/** The text files of the folders that ((files.x)) names, each as the data of a ConfigMap; JSON is YAML. */
const filesNamed = async (text: string, folder: string): Promise<Readonly<Record<string, string>>> => {
  const names = [...text.matchAll(FILES)].map(([, name = '']) => name)
  const pairs = names.map(async (name) => {
    const entries = await readdir(join(folder, name), { withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
    const texts = files.sort().map(async (file) => [file, await readFile(join(folder, name, file), 'utf8')] as const)
    return [name, JSON.stringify(Object.fromEntries(await Promise.all(texts)))] as const
  })
  return Object.fromEntries(await Promise.all(pairs))
}

/**
 * The lab's own manifests of an add-on for a backend, in the order of the file names, placeholders filled in: ((files.x))
 * is what its folder x holds.
 */
export const manifestsOf = async (
  addOn: AddOn,
  backend: 'kind' | 'embedded',
  values: Values,
): Promise<readonly Manifest[]> => {
  const folder = ownFolder(addOn)
  const texts = await Promise.all(
    [folder, join(folder, backend)].map(async (place) => {
      const names = (await readdir(place).catch(() => [])).filter((name) => name.endsWith('.yaml')).sort()
      return Promise.all(
        names.map(async (name) => {
          const text = await readFile(join(place, name), 'utf8')
          return fillValues(text, { ...values, files: await filesNamed(text, folder) }, `${addOn.name}/${name}`)
        }),
      )
    }),
  )
  return texts.flat().flatMap(objectsIn)
}

/** Applies objects one after the other, with the label of their add-on, and waits for kinds that come into being. */
export const applyAll = async (
  addOn: AddOn,
  objects: readonly Manifest[],
  options: { readonly probe: Probe; readonly clock: Clock; readonly signal?: AbortSignal },
): Promise<void> => {
  const { probe, clock, signal } = options
  for (const object of objects) {
    const labels = { ...object.metadata?.labels, [ADD_ON_LABEL]: addOn.name }
    const labelled: Manifest = { ...object, metadata: { ...object.metadata, labels } }
    const end = clock.now() + APPLY_MS
    for (;;) {
      const words = await attempt(labelled, probe, signal)
      if (words === undefined) break
      if (clock.now() >= end) {
        throw new UserError({
          what: `${addOn.title}: could not put ${describeRef(refOf(object))} into the cluster: ${words}`,
          next: 'Try again; when it happens again, make the cluster anew with `k8s-sec-lab cluster down`.',
          exitCode: 3,
        })
      }
      await clock.sleep(200, signal)
    }
  }
}

const attempt = async (object: Manifest, probe: Probe, signal?: AbortSignal): Promise<string | undefined> => {
  try {
    const reply = await apply(probe, object, { signal })
    return isOk(reply) ? undefined : statusMessage(reply)
  } catch (error) {
    // The kind is not served (yet).
    if (error instanceof UserError) return error.message
    throw error
  }
}
