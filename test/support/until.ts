import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for a condition, looking often; throws after the deadline. Answers what the condition came to. */
export const until = async <Result>(
  condition: () => Result | Promise<Result>,
  options: { readonly deadlineMs?: number; readonly what?: string } = {},
): Promise<Exclude<Result, undefined | null | false>> => {
  const { deadlineMs = 90_000, what = String(condition) } = options
  const end = Date.now() + deadlineMs
  for (;;) {
    const result = await condition()
    if (result) return result as Exclude<Result, undefined | null | false>
    if (Date.now() > end) throw new Error(`Not within ${deadlineMs} ms: ${what}`)
    await sleep(25)
  }
}
