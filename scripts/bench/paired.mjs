// Measures two things in turn, A B A B …, so that a machine that drifts slows both alike; the ratio is taken pair by pair.

/** Median of numbers. */
export const median = (numbers) => quantile(numbers, 0.5)

/** The q-quantile (0 to 1) of numbers, by linear interpolation. */
export const quantile = (numbers, q) => {
  const sorted = [...numbers].sort((a, b) => a - b)
  const position = (sorted.length - 1) * q
  const low = Math.floor(position)
  return sorted[low] + ((sorted[low + 1] ?? sorted[low]) - sorted[low]) * (position - low)
}

/**
 * Runs `subject` and `baseline` (async, answering milliseconds) `pairs` times in turn after one warm-up each.
 * Answers medians in ms and the median of the pairwise ratios.
 */
export const paired = async ({ subject, baseline, pairs, warmUp = true }) => {
  if (warmUp) {
    await subject()
    await baseline()
  }
  const rows = []
  for (let pair = 0; pair < pairs; pair += 1) rows.push({ subject: await subject(), baseline: await baseline() })
  return {
    subject: median(rows.map((row) => row.subject)),
    baseline: median(rows.map((row) => row.baseline)),
    ratio: median(rows.map((row) => row.subject / row.baseline)),
  }
}

/** One line of the report: what, measured, baseline, ratio, aim, and whether the aim is met. */
export const line = ({ what, measured, baseline, ratio, aim, met }) =>
  [
    what.padEnd(34),
    measured.padStart(12),
    (baseline ?? '').padStart(12),
    (ratio === undefined ? '' : `${ratio.toFixed(2)} x`).padStart(9),
    `aim ${aim}`.padStart(14),
    met ? '  met' : '  NOT MET',
  ].join('')

export const ms = (value) => `${value.toFixed(0)} ms`
