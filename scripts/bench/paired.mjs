// Measures two things in turn, A B A B …, so that a machine that drifts slows both alike; the ratio is taken pair by pair.

/** The q-quantile (0 to 1) of numbers, by linear interpolation. */
export const quantile = (numbers, q) => {
  const sorted = [...numbers].sort((a, b) => a - b)
  const position = (sorted.length - 1) * q
  const low = Math.floor(position)
  return sorted[low] + ((sorted[low + 1] ?? sorted[low]) - sorted[low]) * (position - low)
}

/** Median of numbers. */
export const median = (numbers) => quantile(numbers, 0.5)

/**
 * Runs `subject` and `baseline` (async, answering milliseconds) `pairs` times in turn, after one of each that is not
 * counted. Answers medians in ms and the median of the pairwise ratios.
 */
export const paired = async ({ subject, baseline, pairs, warmUp = true }) => {
  if (warmUp) {
    await subject()
    await baseline()
  }
  const rows = []
  for (let pair = 0; pair < pairs; pair += 1) {
    // Which of the two goes first changes too: the second finds the disk's cache warmer.
    const first = pair % 2 === 0
    const before = first ? await subject() : undefined
    const reference = await baseline()
    rows.push({ subject: before ?? (await subject()), baseline: reference })
  }
  return {
    subject: median(rows.map((row) => row.subject)),
    baseline: median(rows.map((row) => row.baseline)),
    ratio: median(rows.map((row) => row.subject / row.baseline)),
  }
}
