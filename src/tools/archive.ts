import { chmod, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { ToolError } from '../core/errors.ts'
import type { Download } from './catalogue/entry.ts'
import { runOk } from './exec.ts'
import { diskError, WayFailed } from './way-failed.ts'

/**
 * Takes one program out of a downloaded, already verified file and puts it at `to`, executable. Only the member that
 * the catalogue names is unpacked. Throws WayFailed when the archive cannot be read or does not hold it.
 */
export const extractProgram = async (options: {
  file: string
  download: Download
  folder: string // an empty folder to unpack into
  to: string
  signal?: AbortSignal
}): Promise<void> => {
  const { file, download, folder, to, signal } = options
  const { format, member = '' } = download
  const argv =
    format === 'tar.gz'
      ? ['tar', '-xzf', file, '-C', folder, member]
      : format === 'zip'
        ? ['unzip', '-q', '-o', file, member, '-d', folder]
        : undefined
  try {
    if (argv) {
      await runOk({
        argv,
        ...(signal ? { signal } : {}),
        what: `${member} could not be taken out of the archive`,
        next: 'Try again; when it happens again, report it with the output.',
      })
    }
    await rename(argv ? join(folder, member) : file, to)
    await chmod(to, 0o755)
  } catch (error) {
    const full = diskError(error instanceof ToolError ? new Error(error.output) : error, folder)
    if (full) throw full
    if (error instanceof ToolError) {
      throw new WayFailed({ what: `${error.message} ${error.output.split('\n').at(-1) ?? ''}`.trim(), cause: error })
    }
    throw error
  }
}
