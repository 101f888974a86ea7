const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

/** "500ms", "5s", "1m", "24h" in milliseconds; undefined for anything else. */
export const parseDuration = (text: string): number | undefined => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text.trim())
  if (!match) return undefined
  return Math.round(Number(match[1]) * UNITS[match[2] as keyof typeof UNITS])
}
