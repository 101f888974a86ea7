/** "600" for 0o100600. */
export const showMode = (mode: number): string => (mode & 0o777).toString(8).padStart(3, '0')

/** True when a file's mode grants anything that the octal maximum does not. */
export const exceedsMode = (mode: number, maximum: string): boolean =>
  (mode & 0o777 & ~Number.parseInt(maximum, 8)) !== 0
