/** A path pattern as a regular expression: `*` within a folder, `**` across folders, `?` one character. */
const toPattern = (glob: string): RegExp => {
  const source = glob
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map((part) => {
      if (part === '**/') return '(?:.*/)?'
      if (part === '**') return '.*'
      if (part === '*') return '[^/]*'
      if (part === '?') return '[^/]'
      return part.replace(/[.+^${}()|[\]\\]/g, '\\$&')
    })
    .join('')
  return new RegExp(`^${source}$`)
}

/** True when a workspace path matches a glob; a glob that names a folder matches everything in it. */
export const matchesGlob = (path: string, glob: string): boolean =>
  toPattern(glob).test(path) || path.startsWith(`${glob.replace(/\/$/, '')}/`)
