import type { Clock, Probe } from '../core/ports.ts'

/** An API server that has just started may take longer to read what it stores; much longer means that it cannot. */
const PATIENCE_MS = 15_000
const PAUSE_MS = 250

/**
 * The same probe, which asks again while the API server only says "not now": 429 while it reads a kind from etcd for
 * the first time (`storage is (re)initializing`, apiserver v0.34), 503 while a part of it starts. After 15 seconds the
 * answer is passed on as it is.
 */
export const patientProbe = (
  probe: Probe,
  { clock, signal }: { readonly clock: Clock; readonly signal?: AbortSignal },
): Probe => ({
  server: probe.server,
  ca: probe.ca,
  api: async (request) => {
    const end = clock.now() + PATIENCE_MS
    for (;;) {
      const reply = await probe.api(request)
      if ((reply.status !== 429 && reply.status !== 503) || clock.now() >= end) return reply
      await clock.sleep(PAUSE_MS, request.signal ?? signal)
    }
  },
  etcd: (prefix, options) => probe.etcd(prefix, options),
  controlPlaneFile: (name) => probe.controlPlaneFile(name),
  component: (name) => probe.component(name),
  watch: (path, listener, options) => probe.watch(path, listener, options),
})
