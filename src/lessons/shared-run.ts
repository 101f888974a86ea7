/** Finds text that a hint gives away: a long run it shares with the solution. */

/** From this many characters, or words, on a shared run counts as the answer. */
export const LONG_RUN = { characters: 60, words: 8 } as const

/** Lines that every manifest or script has: sharing them says nothing about the answer. */
const BOILERPLATE =
  /^\s*(-\s+)?((apiVersion|kind|metadata|spec|roleRef|apiGroup|subjects|rules|template|containers)\s*:.*|#.*|---|```.*|EOF|cat\s.*<<.*)\s*$/

/** Words of a text in order; a boilerplate line is a break that no run crosses. */
const tokens = (text: string): readonly (string | undefined)[] =>
  text.split('\n').flatMap((line): readonly (string | undefined)[] => {
    if (line.trim() === '') return []
    if (BOILERPLATE.test(line)) return [undefined]
    return line
      .replace(/\\$/, '')
      .split(/\s+/)
      .map((word) => word.replace(/^[`'"(]+|[`'",.;:!?)]+$/g, '').toLowerCase())
      .filter((word) => word.length > 0)
  })

/**
 * The longest run of words that both texts have, joined by blanks; undefined when it is shorter than 60 characters and
 * than 8 words. White space, letter case, quotes and manifest boilerplate do not count.
 */
export const sharedRun = (hint: string, solution: string): string | undefined => {
  const a = tokens(hint)
  const b = tokens(solution)
  let best: readonly string[] = []
  const weight = (run: readonly string[]): number => run.join(' ').length
  let previous: number[] = []
  for (let i = 0; i < a.length; i += 1) {
    const row: number[] = []
    for (let j = 0; j < b.length; j += 1) {
      const same = a[i] !== undefined && a[i] === b[j]
      const length = same ? (previous[j - 1] ?? 0) + 1 : 0
      row[j] = length
      if (length === 0) continue
      const run = a.slice(i - length + 1, i + 1) as readonly string[]
      const longer = run.length > best.length || weight(run) > weight(best)
      if (longer && (run.length >= LONG_RUN.words || weight(run) >= LONG_RUN.characters)) best = run
    }
    previous = row
  }
  return best.length > 0 ? best.join(' ') : undefined
}
