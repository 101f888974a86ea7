/** Times and amounts as people say them. */

/** How long ago: "just now", "12 s ago", "3 min ago", "2 h ago". */
export const ago = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  if (seconds < 2) return 'just now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return `${Math.floor(seconds / 86_400)} d ago`
}

/** A running time: "0:07", "1:48", "1:02:03". */
export const elapsed = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  return minutes < 60
    ? `${minutes}:${two(seconds % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`
}

/** A time span: "40 s", "9 min", "1 h 5 min". */
export const span = (seconds: number): string => {
  if (seconds < 60) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** "1 hint", "3 hints", "no hints". */
export const count = (amount: number, noun: string): string =>
  amount === 0 ? `no ${noun}s` : `${amount} ${noun}${amount === 1 ? '' : 's'}`

/** How far a step is: "812 of 1,394 packages", "12.4 of 61.0 MB", "812 packages". */
export const amount = (step: { done?: number; total?: number; unit?: 'packages' | 'bytes' }): string => {
  const { done, total, unit } = step
  if (done === undefined) return ''
  const bytes = unit === 'bytes'
  const say = (value: number) => (bytes ? (value / 1e6).toFixed(1) : value.toLocaleString('en-GB'))
  const noun = bytes ? ' MB' : unit === undefined ? '' : ` ${unit}`
  return total === undefined ? `${say(done)}${noun}` : `${say(done)} of ${say(total)}${noun}`
}
