import type { CheckContext } from '../../core/ports.ts'
import { readSecretKey, type SecretKey, writeSecretKey } from './kubernetes-secret.ts'
import type { Upstream } from './upstream.ts'

const LOOK_MS = 250

/** Seconds until the copy held this value, or undefined when it did not in time. */
const follows = async (
  target: SecretKey,
  wanted: { readonly value: string; readonly withinMs: number },
  { probe, clock, signal }: CheckContext,
): Promise<number | undefined> => {
  const start = clock.now()
  for (;;) {
    if ((await readSecretKey(probe, target, signal)) === wanted.value) return (clock.now() - start) / 1000
    if (clock.now() - start >= wanted.withinMs) return undefined
    await clock.sleep(LOOK_MS, signal)
  }
}

type Rotation = {
  readonly upstream: Upstream
  readonly target: SecretKey
  /** What the upstream holds now; it holds it again afterwards. */
  readonly before: string
  readonly nonce: string
  readonly withinMs: number
}

/**
 * Gives the upstream a new value and watches the copy take it, then puts the old one back, also when cancelled. The
 * copy follows back in its own time. Answers the seconds that it took, or undefined when it took too long.
 */
export const rotate = async (rotation: Rotation, context: CheckContext): Promise<number | undefined> => {
  const { upstream, target, before, nonce, withinMs } = rotation
  try {
    await upstream.write(nonce, context.signal)
    return await follows(target, { value: nonce, withinMs }, context)
  } finally {
    await upstream.write(before)
  }
}

/**
 * Waits until the copy is level with its upstream, writes another value over it, and answers the seconds until the
 * upstream's was back, or undefined when it was not in time.
 */
export const tamper = async (
  rotation: Omit<Rotation, 'upstream'>,
  context: CheckContext,
): Promise<number | undefined> => {
  const { target, before, nonce, withinMs } = rotation
  const { probe, signal } = context
  const wanted = { value: before, withinMs }
  if ((await follows(target, wanted, context)) === undefined) return undefined
  let restored: number | undefined
  try {
    await writeSecretKey(probe, target, { value: nonce, signal })
    restored = await follows(target, wanted, context)
    return restored
  } finally {
    if (restored === undefined) await writeSecretKey(probe, target, { value: before })
  }
}
