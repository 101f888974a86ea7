const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** Seconds of a duration like `90s`, `10m`, `24h`, `7d`; undefined when it is none. */
export const secondsOf = (text: string): number | undefined => {
  const match = /^(\d+)([smhd])$/.exec(text)
  return match ? Number(match[1]) * (UNITS[match[2] ?? ''] ?? 1) : undefined
}

/** A number of seconds for a reader: "10 minutes", "23.9 hours", "365 days". */
export const showSeconds = (seconds: number): string => {
  const [size, unit] =
    seconds < 120
      ? [1, 'second']
      : seconds < 7200
        ? [60, 'minute']
        : seconds < 172_800
          ? [3600, 'hour']
          : [86_400, 'day']
  const amount = Math.round((seconds / size) * 10) / 10
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`
}
