import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether this machine lets us mount a small file system of memory; needs root on Linux. */
export const canMount = (): { readonly kind: 'yes' } | { readonly kind: 'no'; readonly reason: string } => {
  try {
    mountSmall({ megabytes: 1, readOnly: false }).remove()
    return { kind: 'yes' }
  } catch (error) {
    return { kind: 'no', reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) }
  }
}

/** A file system of its own, of a few MB, that can be filled to the last byte. */
export const mountSmall = (options: { megabytes: number; readOnly: boolean }) => {
  const path = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${options.megabytes}m`, 'tmpfs', path], { stdio: 'pipe' })
  if (options.readOnly) execFileSync('mount', ['-o', 'remount,ro', path], { stdio: 'pipe' })
  return {
    path,
    fill: () => {
      for (const size of [65_536, 4096, 1]) {
        for (let index = 0; ; index += 1) {
          try {
            writeFileSync(join(path, `filler-${size}-${index}`), Buffer.alloc(size))
          } catch {
            break
          }
        }
      }
    },
    remove: () => {
      execFileSync('umount', ['-l', path], { stdio: 'pipe' })
      rmdirSync(path)
    },
  }
}
