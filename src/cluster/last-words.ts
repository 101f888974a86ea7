import { open } from 'node:fs/promises'

const TAIL_BYTES = 32 * 1024

/** What a component said last in its log about its own failure; '' when it said nothing. `from` is the byte its run began at. */
export const lastWords = async (logFile: string, from: number): Promise<string> => {
  try {
    const file = await open(logFile, 'r')
    try {
      const { size } = await file.stat()
      const start = Math.max(from <= size ? from : 0, size - TAIL_BYTES)
      const buffer = Buffer.alloc(size - start)
      await file.read(buffer, 0, buffer.length, start)
      return failureIn(buffer.toString('utf8'))
    } finally {
      await file.close()
    }
  } catch {
    return ''
  }
}

/**
 * The sentence that explains a failure, out of a log: the last fatal line, else the last error line, else the last
 * line. Understands klog (`E1123 11:47:04.8 42 run.go:72] "command failed" err="…"`), etcd's JSON lines and plain text.
 */
export const failureIn = (log: string): string => {
  const lines = log.split('\n').filter((line) => line.trim() !== '')
  const last = (test: (line: string) => boolean) => lines.findLast(test)
  const line =
    last((one) => /^Error: |^F\d{4} |"command failed"|"level":"(fatal|panic)"/.test(one)) ??
    last((one) => one.startsWith('panic: ')) ?? // Go's own line says less than the logged one above it
    last((one) => /^E\d{4} |"level":"error"/.test(one)) ??
    last(() => true) ??
    ''
  return readable(line).slice(0, 600)
}

const readable = (line: string): string => {
  if (line.startsWith('{')) {
    try {
      const { msg, error } = JSON.parse(line) as { msg?: string; error?: string }
      return [msg, error].filter(Boolean).join(': ')
    } catch {
      return line
    }
  }
  const message = line.replace(/^[A-Z]\d{4} [\d:.]+\s+\d+ [^\]]+\] /, '').replace(/^Error: /, '')
  const quoted = /err="((?:[^"\\]|\\.)*)"/.exec(message)
  if (!quoted?.[1]) return message
  try {
    return JSON.parse(`"${quoted[1]}"`) as string
  } catch {
    return quoted[1]
  }
}
