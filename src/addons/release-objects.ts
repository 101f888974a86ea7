import { isOk } from '../core/api/reply.ts'
import type { Clock, Probe } from '../core/ports.ts'
import { type ReleaseFile, releaseFile } from '../tools/release-file.ts'
import type { AddOn, Release } from './add-on.ts'
import { ADD_ON_LABEL, applyAll, objectsIn } from './objects.ts'

/** Says which file an object was made of, and how many objects that file has: `<beginning of its checksum>-<number>`. */
const MADE_OF = 'k8s-sec-lab.dev/made-of'

type Options = {
  readonly probe: Probe
  readonly clock: Clock
  /** LabPaths.cache. */
  readonly cache: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal
}

type Metadata = {
  readonly generation?: number
  readonly deletionTimestamp?: string
  readonly annotations?: Readonly<Record<string, string>>
}

/** Of the add-on's CustomResourceDefinitions, those that nobody has touched since they were made: what they are made of. */
const untouched = async (addOn: AddOn, { probe, signal }: Options): Promise<readonly string[]> => {
  const reply = await probe.api({
    method: 'GET',
    path: `/apis/apiextensions.k8s.io/v1/customresourcedefinitions?labelSelector=${ADD_ON_LABEL}%3D${addOn.name}`,
    // Their schemas are megabytes.
    headers: { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' },
    signal,
  })
  if (!isOk(reply)) return []
  // null when there is none.
  const { items } = reply.json as { readonly items: readonly { readonly metadata: Metadata }[] | null }
  return (items ?? []).flatMap(({ metadata }) => {
    const { generation, deletionTimestamp, annotations } = metadata
    return generation === 1 && deletionTimestamp === undefined ? (annotations?.[MADE_OF] ?? []) : []
  })
}

/** Puts a release's CustomResourceDefinitions into the cluster; those that are there as it has them are left. */
export const applyRelease = async (addOn: AddOn, { crds }: Release, options: Options): Promise<void> => {
  if (crds.length === 0) return
  const there = await untouched(addOn, options)
  const isThere = ({ sha256 }: ReleaseFile): boolean => {
    const own = there.filter((mark) => mark.startsWith(`${sha256.slice(0, 12)}-`))
    return own.length > 0 && own.length === Number(own[0]?.split('-')[1])
  }
  for (const file of crds.filter((each) => !isThere(each))) {
    const objects = objectsIn(await releaseFile(file, options))
    const mark = `${file.sha256.slice(0, 12)}-${objects.length}`
    const marked = objects.map((object) => {
      const annotations = { ...(object.metadata?.annotations as object | undefined), [MADE_OF]: mark }
      return { ...object, metadata: { ...object.metadata, annotations } }
    })
    await applyAll(addOn, marked, options)
  }
}
