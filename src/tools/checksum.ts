import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { UserError } from '../core/errors.ts'
import type { Checksum, Download, HashAlgorithm } from './catalogue/entry.ts'
import { fetchText } from './download.ts'
import { WayFailed } from './way-failed.ts'

type Recorded = { readonly algorithm: HashAlgorithm; readonly hex: string; readonly firstUsed: string }
export type ChecksumRecord = Readonly<Record<string, Recorded>> // by address of the download

const HEX_LENGTH: Record<HashAlgorithm, number> = { sha256: 64, sha512: 128 }

/** The checksums recorded at first use; empty when the file is missing or unreadable. */
export const readRecord = async (path: string): Promise<ChecksumRecord> => {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as ChecksumRecord
  } catch {
    return {}
  }
}

/**
 * The checksum of one file in a publisher's checksum file: either the bare value, or lines of value and file name.
 * Undefined when the file does not hold one of the right length for that name.
 */
export const parseChecksumFile = (text: string, fileName: string, algorithm: HashAlgorithm): string | undefined => {
  const isValue = (word: string | undefined): word is string =>
    word !== undefined && word.length === HEX_LENGTH[algorithm] && /^[0-9a-f]+$/i.test(word)
  const rows = text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words[0])
  const named = rows.find(([, name]) => name !== undefined && basename(name.replace(/^\*/, '')) === fileName)
  if (isValue(named?.[0])) return named[0].toLowerCase()
  const [only] = rows
  return rows.length === 1 && only?.length === 1 && isValue(only[0]) ? only[0].toLowerCase() : undefined
}

/**
 * The checksum a download has to have. A publisher's own file is fetched; when it says something else than at first
 * use, everything stops with a UserError, because the same version never changes.
 */
export const expectedChecksum = async (options: {
  download: Download
  recordPath: string
  signal?: AbortSignal
}): Promise<string> => {
  const { download, recordPath, signal } = options
  const { checksum } = download
  if (checksum.kind === 'compiled-in') return checksum.hex
  const text = await fetchText({ url: checksum.url, ...(signal ? { signal } : {}) })
  const fileName = basename(new URL(download.url).pathname)
  const hex = parseChecksumFile(text, fileName, checksum.algorithm)
  if (!hex) throw new WayFailed({ what: `${checksum.url} names no ${checksum.algorithm} checksum for ${fileName}` })
  const recorded = (await readRecord(recordPath))[download.url]
  if (recorded && recorded.hex !== hex) {
    throw new UserError({
      what: `The publisher's checksum of ${fileName} is not the one recorded at first use (${recorded.firstUsed}).`,
      next: `Find out why before you go on. Only when you trust the new file, remove its entry from ${recordPath} and try again.`,
      exitCode: 3,
    })
  }
  return hex
}

/** Records a publisher's checksum after the download that had it; compiled-in ones need no record. */
export const recordChecksum = async (options: {
  url: string
  checksum: Checksum
  hex: string
  recordPath: string
  now: Date
}): Promise<void> => {
  const { url, checksum, hex, recordPath, now } = options
  if (checksum.kind === 'compiled-in') return
  const before = await readRecord(recordPath)
  if (before[url]) return
  const entry: Recorded = { algorithm: checksum.algorithm, hex, firstUsed: now.toISOString() }
  const draft = `${recordPath}.${process.pid}.draft`
  await mkdir(dirname(recordPath), { recursive: true })
  await writeFile(draft, `${JSON.stringify({ ...before, [url]: entry }, undefined, 2)}\n`, { mode: 0o600 })
  await rename(draft, recordPath)
}
