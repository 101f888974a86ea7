import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'

/**
 * When a process started, as a text that differs between two processes with the same pid: ticks since boot on Linux
 * (field 22 of /proc/<pid>/stat, see proc(5)), `ps` elsewhere. Undefined when there is no such process.
 */
export const processStart = async (pid: number): Promise<string | undefined> => {
  if (process.platform === 'linux') {
    try {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
      // The name in parentheses may hold blanks and parentheses itself; the fields begin after the last one.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return fields[0] === 'Z' ? undefined : fields[19]
    } catch {
      return undefined
    }
  }
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'lstart=', '-p', String(pid)], (error, stdout) => {
      resolve(error || stdout.trim() === '' ? undefined : stdout.trim())
    })
  })
}
