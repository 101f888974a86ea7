import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { HashAlgorithm } from './catalogue/entry.ts'
import { abortError, throwIfAborted } from './exec.ts'
import { diskError, systemCode, WayFailed } from './way-failed.ts'

export type Progress = { readonly done: number; readonly total: number | undefined } // bytes

/** How long a publisher may take to answer, and to send the next bytes. */
export type Patience = { readonly answerMs: number; readonly silenceMs: number }
export const PATIENCE: Patience = { answerMs: 10_000, silenceMs: 30_000 }

type Request = { readonly url: string; readonly signal?: AbortSignal; readonly patience?: Patience }

const hostOf = (url: string): string => new URL(url).host

const explain = (error: unknown, url: string, phase: 'answer' | 'body'): WayFailed => {
  const code = systemCode(error)
  const host = hostOf(url)
  if (phase === 'answer') {
    const why = code ? ` (${code})` : ''
    return new WayFailed({ what: `${host} cannot be reached${why}`, unreachableHost: host, cause: error })
  }
  return new WayFailed({ what: `the download from ${host} broke off${code ? ` (${code})` : ''}`, cause: error })
}

/**
 * Fetches an address and hands its body to `read`. Throws WayFailed when nobody answers in time, the answer is not
 * 200, the body breaks off, or an https address leads to one without TLS; AbortError when cancelled.
 */
const request = async <T>(
  { url, signal, patience = PATIENCE }: Request,
  read: (body: AsyncIterable<Uint8Array>, total: number | undefined) => Promise<T>,
): Promise<T> => {
  throwIfAborted(signal)
  const stop = new AbortController()
  const cancel = () => stop.abort()
  signal?.addEventListener('abort', cancel, { once: true })
  let silent = false
  let timer: NodeJS.Timeout | undefined
  const expectSomethingWithin = (ms: number) => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      silent = true
      stop.abort()
    }, ms)
  }
  let phase: 'answer' | 'body' = 'answer'
  try {
    expectSomethingWithin(patience.answerMs)
    const response = await fetch(url, { signal: stop.signal, redirect: 'follow' })
    phase = 'body'
    if (url.startsWith('https:') && !response.url.startsWith('https:')) {
      throw new WayFailed({ what: `${hostOf(url)} led to an address without TLS` })
    }
    if (!response.ok || !response.body) {
      throw new WayFailed({ what: `${hostOf(url)} answered ${response.status} for ${new URL(url).pathname}` })
    }
    const length = Number(response.headers.get('content-length') ?? '')
    const encoded = response.headers.has('content-encoding')
    const body = response.body as unknown as AsyncIterable<Uint8Array>
    const alive = async function* () {
      expectSomethingWithin(patience.silenceMs)
      for await (const chunk of body) {
        clearTimeout(timer)
        yield chunk
        expectSomethingWithin(patience.silenceMs)
      }
    }
    return await read(alive(), length > 0 && !encoded ? length : undefined)
  } catch (error) {
    if (signal?.aborted) throw abortError()
    if (silent) {
      const host = hostOf(url)
      throw phase === 'answer'
        ? new WayFailed({ what: `${host} gave no answer within ${patience.answerMs / 1000} s`, unreachableHost: host })
        : new WayFailed({ what: `${host} sent nothing more for ${patience.silenceMs / 1000} s` })
    }
    if (error instanceof WayFailed) throw error
    // A refused connection can carry the code of a refused file, so only what happens while writing counts as the disk's.
    if (phase === 'body' && diskError(error, url)) throw error
    throw explain(error, url, phase)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', cancel)
    stop.abort()
  }
}

/** Fetches a small text, e.g. a checksum file. */
export const fetchText = (options: Request): Promise<string> =>
  request(options, async (body) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of body) chunks.push(chunk)
    return Buffer.concat(chunks).toString('utf8')
  })

/** Fetches an address into a file and answers the checksum of its bytes, in hex. The caller removes the file. */
export const fetchFile = (
  options: Request & { to: string; algorithm: HashAlgorithm; onProgress?: (progress: Progress) => void },
): Promise<string> =>
  request(options, async (body, total) => {
    const hash = createHash(options.algorithm)
    const file = await open(options.to, 'w', 0o600)
    try {
      let done = 0
      for await (const chunk of body) {
        hash.update(chunk)
        await file.writeFile(chunk)
        done += chunk.length
        options.onProgress?.({ done, total })
      }
      if (total !== undefined && done !== total) {
        throw new WayFailed({ what: `the download from ${hostOf(options.url)} ended after ${done} of ${total} bytes` })
      }
    } finally {
      await file.close()
    }
    return hash.digest('hex')
  })
