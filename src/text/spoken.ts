/** "2 s ago", as one would say it. `ms` may be negative when clocks differ: that is "just now". */
export const spokenAgo = (ms: number): string => {
  const seconds = Math.round(ms / 1000)
  if (seconds < 1) return 'just now'
  return `${spokenSpan(seconds)} ago`
}

/** Seconds as "40 s", "9 min", "1 h 5 min", "3 days". */
export const spokenSpan = (seconds: number): string => {
  if (seconds < 60) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  const days = Math.floor(hours / 24)
  return days === 1 ? '1 day' : `${days} days`
}

/** "1 hint", "3 wrong turns". */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`

/** A sentence that ends like one, whoever wrote it. */
export const sentence = (text: string): string =>
  /[.!?:]$/.test(text.trimEnd()) ? text.trimEnd() : `${text.trimEnd()}.`
