/** Reads a Git repository of the learner's folder without git: what a clone of it would bring along. */
import { createHash } from 'node:crypto'
import { inflateSync } from 'node:zlib'
import type { Workspace } from '../core/ports.ts'

export type GitObject = { readonly type: 'commit' | 'tree' | 'blob' | 'tag'; readonly data: Buffer }
type Objects = Map<string, GitObject>

const TYPES = ['', 'commit', 'tree', 'blob', 'tag'] as const
const OFFSET_DELTA = 6
const REFERENCE_DELTA = 7

const idOf = ({ type, data }: GitObject): string =>
  createHash('sha1').update(`${type} ${data.length}\0`).update(data).digest('hex')

/** A file of .git/objects/xx: "blob 12\0" and the content, compressed. */
const looseObject = (bytes: Uint8Array): GitObject => {
  const content = inflateSync(bytes)
  const end = content.indexOf(0)
  const [type = ''] = content.subarray(0, end).toString('latin1').split(' ')
  return { type: type as GitObject['type'], data: content.subarray(end + 1) }
}

/** Numbers of a pack: seven bits a byte, the lowest first. */
const readSize = (bytes: Buffer, at: number, bits: number): { readonly size: number; readonly next: number } => {
  let next = at
  let byte = bytes[next++] ?? 0
  let size = byte & ((1 << bits) - 1)
  for (let shift = bits; byte & 0x80; shift += 7) {
    byte = bytes[next++] ?? 0
    size += (byte & 0x7f) * 2 ** shift
  }
  return { size, next }
}

/** A delta: copies out of its base, and pieces of its own. */
const applyDelta = (base: Buffer, delta: Buffer): Buffer => {
  let at = readSize(delta, readSize(delta, 0, 7).next, 7).next
  const parts: Buffer[] = []
  while (at < delta.length) {
    const code = delta[at++] ?? 0
    if ((code & 0x80) === 0) {
      parts.push(delta.subarray(at, at + code))
      at += code
      continue
    }
    const number = (first: number, count: number): number => {
      let value = 0
      for (let index = 0; index < count; index += 1) {
        if (code & (1 << (first + index))) value += (delta[at++] ?? 0) * 2 ** (8 * index)
      }
      return value
    }
    const from = number(0, 4)
    parts.push(base.subarray(from, from + (number(4, 3) || 0x10000)))
  }
  return Buffer.concat(parts)
}

/** Every object of a pack file into `objects`, which holds those that it may build upon. */
const readPack = (pack: Buffer, objects: Objects): void => {
  if (pack.subarray(0, 4).toString('latin1') !== 'PACK') return
  const byOffset = new Map<number, GitObject>()
  let at = 12
  for (let left = pack.readUInt32BE(8); left > 0; left -= 1) {
    const start = at
    const kind = ((pack[at] ?? 0) >> 4) & 7
    at = readSize(pack, at, 4).next
    let base: GitObject | undefined
    if (kind === OFFSET_DELTA) {
      let back = (pack[at] ?? 0) & 0x7f
      while ((pack[at++] ?? 0) & 0x80) back = (back + 1) * 128 + ((pack[at] ?? 0) & 0x7f)
      base = byOffset.get(start - back)
    } else if (kind === REFERENCE_DELTA) {
      base = objects.get(pack.subarray(at, at + 20).toString('hex'))
      at += 20
    }
    const { buffer, engine } = inflateSync(pack.subarray(at), { info: true }) as unknown as {
      readonly buffer: Buffer
      readonly engine: { readonly bytesWritten: number }
    }
    at += engine.bytesWritten
    const isDelta = kind === OFFSET_DELTA || kind === REFERENCE_DELTA
    if (isDelta && !base) continue
    const object: GitObject = base
      ? { type: base.type, data: applyDelta(base.data, buffer) }
      : { type: TYPES[kind] as GitObject['type'], data: buffer }
    byOffset.set(start, object)
    objects.set(idOf(object), object)
  }
}

/** Ids that an object leads to. */
const leadsTo = ({ type, data }: GitObject): readonly string[] => {
  if (type === 'blob') return []
  if (type !== 'tree') {
    const head = data.toString('utf8').split('\n\n')[0] ?? ''
    return [...head.matchAll(/^(?:tree|parent|object) ([0-9a-f]{40})$/gm)].map(([, id = '']) => id)
  }
  const ids: string[] = []
  for (let end = data.indexOf(0); end >= 0; end = data.indexOf(0, end + 21)) {
    ids.push(data.subarray(end + 1, end + 21).toString('hex'))
  }
  return ids
}

/**
 * Every object that the branches and tags of the repository `folder` lead to, by id: all that a push or a clone carries.
 * None when there is no repository.
 */
export const gitHistory = async (workspace: Workspace, folder: string): Promise<ReadonlyMap<string, GitObject>> => {
  const git = `${folder}/.git/`
  const paths = (await workspace.list()).filter((path) => path.startsWith(git))
  const bytesOf = async (path: string) => Buffer.from((await workspace.read(path)) ?? [])
  const objects: Objects = new Map()
  for (const path of paths) {
    const [, start, rest] = /\/objects\/([0-9a-f]{2})\/([0-9a-f]{38})$/.exec(path) ?? []
    if (start && rest) objects.set(start + rest, looseObject(await bytesOf(path)))
  }
  for (const path of paths.filter((each) => each.endsWith('.pack'))) readPack(await bytesOf(path), objects)
  const roots = paths.filter((path) => /\.git\/(HEAD|packed-refs|refs\/.*)$/.test(path))
  const texts = await Promise.all(roots.map(async (path) => (await bytesOf(path)).toString('utf8')))
  const queue = texts.flatMap((text) => text.match(/\b[0-9a-f]{40}\b/g) ?? [])
  const reached = new Map<string, GitObject>()
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const object = objects.get(id)
    if (!object || reached.has(id)) continue
    reached.set(id, object)
    queue.push(...leadsTo(object))
  }
  return reached
}
