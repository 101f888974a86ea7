import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HashAlgorithm } from './catalogue/entry.ts'
import { abortError, throwIfAborted } from './exec.ts'
import { hostOf, type Request, request } from './request.ts'
import { WayFailed } from './way-failed.ts'

export type Progress = { readonly done: number; readonly total: number | undefined } // bytes

/** A checksum file or an error page is far smaller. */
const LONGEST_TEXT = 1024 * 1024
/** Pauses before a download that broke off is taken up again where it was: a Wi-Fi that comes and goes. */
const RESUME_AFTER_MS = [500, 2_000, 5_000]

/** Fetches a small text, e.g. a checksum file. */
export const fetchText = (options: Request): Promise<string> =>
  request(options, async ({ body }) => {
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of body) {
      size += chunk.length
      if (size > LONGEST_TEXT) throw new WayFailed({ what: `${options.url} is no checksum file: it is too long` })
      chunks.push(chunk)
    }
    return Buffer.concat(chunks).toString('utf8')
  })

/** After so many more bytes a download that breaks off again gets all its tries again. */
const WORTH_GOING_ON = 1024 * 1024

type FileOptions = Request & {
  readonly to: string
  readonly algorithm: HashAlgorithm
  readonly onProgress?: (progress: Progress) => void
  /** Pauses before each further try, in milliseconds. */
  readonly resumeAfterMs?: readonly number[]
}

/**
 * Fetches an address into a file and answers the checksum of its bytes, in hex. What breaks off is resumed where it
 * was, when the publisher can do that. The caller removes the file.
 */
export const fetchFile = async (options: FileOptions): Promise<string> => {
  const { signal, resumeAfterMs = RESUME_AFTER_MS } = options
  throwIfAborted(signal)
  const file = await open(options.to, 'w', 0o600)
  try {
    const state = { done: 0, hash: createHash(options.algorithm), resumable: false }
    let pauses = [...resumeAfterMs]
    let before = 0
    for (;;) {
      try {
        await continueFile(file, state, options)
        return state.hash.digest('hex')
      } catch (error) {
        if (state.done - before >= WORTH_GOING_ON) pauses = [...resumeAfterMs]
        before = state.done
        const pause = pauses.shift()
        if (!(error instanceof WayFailed) || !state.resumable || pause === undefined) throw error
        await sleep(pause, undefined, signal ? { signal } : {}).catch(() => {
          throw abortError()
        })
      }
    }
  } finally {
    await file.close()
  }
}

type State = { done: number; hash: ReturnType<typeof createHash>; resumable: boolean }

const continueFile = (file: FileHandle, state: State, options: FileOptions): Promise<void> =>
  request({ ...options, from: state.done }, async ({ body, length, partial, resumable }) => {
    if (!partial && state.done > 0) {
      // The publisher cannot start in the middle after all: from the beginning then.
      await file.truncate(0)
      state.done = 0
      state.hash = createHash(options.algorithm)
    }
    state.resumable = resumable || partial
    const total = length === undefined ? undefined : state.done + length
    for await (const chunk of body) {
      await writeAll(file, chunk, state.done)
      state.hash.update(chunk)
      state.done += chunk.length
      options.onProgress?.({ done: state.done, total })
    }
    if (total !== undefined && state.done !== total) {
      throw new WayFailed({
        what: `the download from ${hostOf(options.url)} ended after ${state.done} of ${total} bytes`,
      })
    }
  })

const writeAll = async (file: FileHandle, chunk: Uint8Array, position: number): Promise<void> => {
  for (let at = 0; at < chunk.length; ) {
    at += (await file.write(chunk, at, chunk.length - at, position + at)).bytesWritten
  }
}
