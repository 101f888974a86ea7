// The supervisor's process for tests that run from the sources: bundled on its own by the global set-up.
import { supervise } from '../../src/cluster/embedded/supervisor.ts'

const stop = new AbortController()
for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stop.abort())
process.exitCode = await supervise(process.argv[2] ?? '', stop.signal)
