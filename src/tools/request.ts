import { abortError, throwIfAborted } from './exec.ts'
import { diskError, systemCode, WayFailed } from './way-failed.ts'

/** How long a publisher may take to answer, and to send the next bytes. */
export type Patience = { readonly answerMs: number; readonly silenceMs: number }
export const PATIENCE: Patience = { answerMs: 10_000, silenceMs: 30_000 }

export type Request = { readonly url: string; readonly signal?: AbortSignal; readonly patience?: Patience }

/** What came back: the body as it arrives, and how much of it, when the publisher says. */
export type Answer = {
  readonly body: AsyncIterable<Uint8Array>
  readonly length: number | undefined // bytes of this body
  /** The body begins where `from` asked it to, not at the beginning. */
  readonly partial: boolean
  /** The publisher can send a body from the middle. */
  readonly resumable: boolean
}

const MOST_REDIRECTS = 8

export const hostOf = (url: string): string => new URL(url).host

const explain = (error: unknown, url: string, phase: 'answer' | 'body'): WayFailed => {
  const code = systemCode(error)
  const host = hostOf(url)
  if (phase === 'answer') {
    const why = code ? ` (${code})` : ''
    return new WayFailed({ what: `${host} cannot be reached${why}`, unreachableHost: host, cause: error })
  }
  return new WayFailed({ what: `the download from ${host} broke off${code ? ` (${code})` : ''}`, cause: error })
}

/** Follows redirects one by one, so that none leads away from TLS unnoticed. */
const follow = async (url: string, init: RequestInit): Promise<Response> => {
  let current = url
  for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
    const response = await fetch(current, { ...init, redirect: 'manual' })
    const location = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null
    if (location === null) return response
    await response.body?.cancel()
    const next = new URL(location, current).href
    if (current.startsWith('https:') && !next.startsWith('https:')) {
      throw new WayFailed({ what: `${hostOf(current)} led to an address without TLS` })
    }
    current = next
  }
  throw new WayFailed({ what: `${hostOf(url)} led from address to address without end` })
}

/**
 * Fetches an address (from byte `from` on, when the publisher can) and hands its body to `read`. Throws WayFailed when nobody answers in time, the answer is not
 * a success, the body breaks off, or an https address leads to one without TLS; AbortError when cancelled.
 */
export const request = async <T>(
  { url, signal, patience = PATIENCE, from = 0 }: Request & { readonly from?: number },
  read: (answer: Answer) => Promise<T>,
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
    const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {}
    const response = await follow(url, { signal: stop.signal, headers })
    phase = 'body'
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
    return await read({
      body: alive(),
      length: length > 0 && !encoded ? length : undefined,
      partial: response.status === 206,
      resumable: response.headers.get('accept-ranges') === 'bytes' && !encoded,
    })
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
