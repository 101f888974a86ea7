/**
 * Writes a database file of bbolt, the key-value store that Trivy keeps its vulnerability database in. Only what a fresh
 * file needs: each bucket is one leaf page, made as long as it has to be, and nothing is ever changed in place.
 * The layout is that of go.etcd.io/bbolt, internal/common/{page,meta,bucket}.go.
 */

/** Keys to values, or to buckets within. */
export type Bucket = { readonly [key: string]: Bucket | string }

const PAGE_SIZE = 4096
const PAGE_HEADER = 16
const LEAF_ELEMENT = 16
const BUCKET_HEADER = 16
const FLAG = { leaf: 0x02, meta: 0x04, freelist: 0x10 } as const
const BUCKET_ELEMENT = 0x01
const MAGIC = 0xed0cdaed
const VERSION = 2
/** Two meta pages and an empty list of free ones. */
const FIRST_PAGE = 3
const FREELIST_PAGE = 2

type Element = { readonly key: Buffer; readonly value: Buffer; readonly isBucket: boolean }

const header = (page: Buffer, id: number, flag: number, count: number): void => {
  page.writeBigUInt64LE(BigInt(id), 0)
  page.writeUInt16LE(flag, 8)
  page.writeUInt16LE(count, 10)
  page.writeUInt32LE(page.length / PAGE_SIZE - 1, 12)
}

/** A leaf page at `id`, with its overflow. Keys are in the order of their bytes. */
const leafPage = (id: number, elements: readonly Element[]): Buffer => {
  const bytes = elements.reduce((sum, { key, value }) => sum + LEAF_ELEMENT + key.length + value.length, PAGE_HEADER)
  const page = Buffer.alloc(Math.max(1, Math.ceil(bytes / PAGE_SIZE)) * PAGE_SIZE)
  header(page, id, FLAG.leaf, elements.length)
  let data = PAGE_HEADER + elements.length * LEAF_ELEMENT
  elements.forEach(({ key, value, isBucket }, index) => {
    const at = PAGE_HEADER + index * LEAF_ELEMENT
    page.writeUInt32LE(isBucket ? BUCKET_ELEMENT : 0, at)
    page.writeUInt32LE(data - at, at + 4)
    page.writeUInt32LE(key.length, at + 8)
    page.writeUInt32LE(value.length, at + 12)
    key.copy(page, data)
    value.copy(page, data + key.length)
    data += key.length + value.length
  })
  return page
}

/** FNV-1a, 64 bits: what a meta page is checked with. */
const checksum = (bytes: Buffer): bigint =>
  bytes.reduce((hash, byte) => ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn, 0xcbf29ce484222325n)

const metaPage = (id: number, root: number, end: number): Buffer => {
  const page = Buffer.alloc(PAGE_SIZE)
  header(page, id, FLAG.meta, 0)
  const meta = page.subarray(PAGE_HEADER)
  meta.writeUInt32LE(MAGIC, 0)
  meta.writeUInt32LE(VERSION, 4)
  meta.writeUInt32LE(PAGE_SIZE, 8)
  meta.writeBigUInt64LE(BigInt(root), 16)
  meta.writeBigUInt64LE(BigInt(FREELIST_PAGE), 32)
  meta.writeBigUInt64LE(BigInt(end), 40)
  meta.writeBigUInt64LE(BigInt(id), 48)
  meta.writeBigUInt64LE(checksum(meta.subarray(0, 56)), 56)
  return page
}

/** The bytes of a database file that holds exactly `root`. */
export const boltFile = (root: Bucket): Buffer => {
  const pages: Buffer[] = []
  let next = FIRST_PAGE
  /** Writes a bucket, those within it first, and answers its page. */
  const write = (bucket: Bucket): number => {
    const elements = Object.entries(bucket).map(([name, content]): Element => {
      const key = Buffer.from(name)
      if (typeof content === 'string') return { key, value: Buffer.from(content), isBucket: false }
      const value = Buffer.alloc(BUCKET_HEADER)
      value.writeBigUInt64LE(BigInt(write(content)), 0)
      return { key, value, isBucket: true }
    })
    const page = leafPage(
      next,
      elements.sort((a, b) => Buffer.compare(a.key, b.key)),
    )
    const id = next
    pages.push(page)
    next += page.length / PAGE_SIZE
    return id
  }
  const top = write(root)
  const freelist = Buffer.alloc(PAGE_SIZE)
  header(freelist, FREELIST_PAGE, FLAG.freelist, 0)
  return Buffer.concat([metaPage(0, top, next), metaPage(1, top, next), freelist, ...pages])
}
