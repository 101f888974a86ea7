import type { ApiReply, ApiRequest, Probe, WatchChange } from '../core/ports.ts'

/**
 * Watches that stay alive. client-node's own end silently or never notice a dead connection, so: the server is asked to
 * end each watch after a while, bookmarks prove life in between, silence beyond that counts as death, and every end
 * leads to a new connection, with a growing and jittered pause after failures.
 */

type OpenWatch = (
  path: string,
  query: Readonly<Record<string, string | number | boolean>>,
  onEvent: (type: string, object: unknown) => void,
  onEnd: (error: unknown) => void,
) => Promise<AbortController>

/** The server ends a watch by itself after this long (plus jitter); bookmarks come about once a minute. */
const LIFETIME_S = 240
const SILENCE_MS = 90_000
const PAUSES_MS = [100, 250, 500, 1000, 2000, 5000]

export const createWatcher = (deps: {
  readonly api: (request: ApiRequest) => Promise<ApiReply>
  /** Loads the client library, once. */
  readonly open: () => Promise<OpenWatch>
  readonly silenceMs?: number
  /** A connection that ends sooner counts as a failure, however politely it ended. */
  readonly hastyMs?: number
}): Probe['watch'] => {
  let opened: Promise<OpenWatch> | undefined
  return (path, listener, { signal, onHealth }) => {
    opened ??= deps.open()
    const open = opened
    let alive: boolean | undefined
    const health = (now: boolean) => {
      if (alive === now || signal.aborted) return
      alive = now
      onHealth?.(now)
    }
    void follow({
      path,
      listener,
      signal,
      health,
      api: deps.api,
      open,
      silenceMs: deps.silenceMs ?? SILENCE_MS,
      hastyMs: deps.hastyMs ?? 500,
    })
  }
}

const follow = async (job: {
  readonly path: string
  readonly listener: (change: WatchChange) => void
  readonly signal: AbortSignal
  readonly health: (alive: boolean) => void
  readonly api: (request: ApiRequest) => Promise<ApiReply>
  readonly open: Promise<OpenWatch>
  readonly silenceMs: number
  readonly hastyMs: number
}): Promise<void> => {
  const { path, signal, health } = job
  let version: string | undefined
  for (let failures = 0; !signal.aborted; ) {
    try {
      // From now on: what exists already is the business of whoever lists it.
      version ??= await currentVersion(job.api, path, signal)
      const begun = Date.now()
      const end = await one({ ...job, version, onVersion: (newer) => (version = newer) })
      if (end === 'expired') version = undefined
      // A server that hangs up at once, however politely, must not be called back in a tight loop.
      failures = end === 'failed' || Date.now() - begun < job.hastyMs ? failures + 1 : 0
    } catch {
      failures += 1
    }
    if (signal.aborted) return
    if (failures > 0) {
      health(false)
      version = undefined // after an outage, changes may have been missed anyway
    }
    const pause = PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)] ?? 100
    await quietSleep(pause * (0.75 + Math.random() / 2), signal)
  }
}

const currentVersion = async (
  api: (request: ApiRequest) => Promise<ApiReply>,
  path: string,
  signal: AbortSignal,
): Promise<string> => {
  const reply = await api({ method: 'GET', path: `${path}${path.includes('?') ? '&' : '?'}limit=1`, signal })
  const version = (reply.json as { metadata?: { resourceVersion?: string } } | undefined)?.metadata?.resourceVersion
  if (reply.status !== 200 || !version) throw new Error(`cannot watch ${path}: HTTP ${reply.status}`)
  return version
}

/** One connection, from open to end. */
const one = async (job: {
  readonly path: string
  readonly listener: (change: WatchChange) => void
  readonly signal: AbortSignal
  readonly health: (alive: boolean) => void
  readonly open: Promise<OpenWatch>
  readonly silenceMs: number
  readonly version: string
  readonly onVersion: (version: string) => void
}): Promise<'ended' | 'expired' | 'failed'> => {
  const open = await job.open
  if (job.signal.aborted) return 'ended' // meanwhile: a listener added now would never be called
  return new Promise((resolve) => {
    let controller: AbortController | undefined
    let done = false
    let silence: NodeJS.Timeout | undefined
    const finish = (how: 'ended' | 'expired' | 'failed') => {
      if (done) return
      done = true
      clearTimeout(silence)
      job.signal.removeEventListener('abort', onAbort)
      controller?.abort()
      resolve(how)
    }
    const onAbort = () => finish('ended')
    const listening = () => {
      clearTimeout(silence)
      silence = setTimeout(() => finish('failed'), job.silenceMs)
      silence.unref()
    }
    job.signal.addEventListener('abort', onAbort, { once: true })
    listening()
    const query = {
      resourceVersion: job.version,
      allowWatchBookmarks: true,
      timeoutSeconds: LIFETIME_S + Math.floor(Math.random() * 60),
    }
    const onEvent = (type: string, object: unknown) => {
      if (done) return
      listening()
      const { kind, metadata, code } = (object ?? {}) as {
        kind?: string
        code?: number
        metadata?: { name?: string; namespace?: string; resourceVersion?: string; labels?: Record<string, string> }
      }
      if (type === 'ERROR') return finish(code === 410 ? 'expired' : 'failed')
      if (metadata?.resourceVersion) job.onVersion(metadata.resourceVersion)
      if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') {
        job.listener({
          type,
          kind: kind ?? '',
          name: metadata?.name ?? '',
          ...(metadata?.namespace === undefined ? {} : { namespace: metadata.namespace }),
          ...(metadata?.labels === undefined ? {} : { labels: metadata.labels }),
        })
      }
    }
    open(job.path, query, onEvent, (error) => {
      const code = (error as { statusCode?: number } | null)?.statusCode
      finish(code === 410 ? 'expired' : error && !done ? 'failed' : 'ended')
    }).then(
      (opened) => {
        controller = opened
        if (done) opened.abort()
        else job.health(true)
      },
      () => finish('failed'),
    )
  })
}

const quietSleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    signal.addEventListener('abort', finish, { once: true })
  })
