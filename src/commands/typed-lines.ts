import { createInterface, type Interface } from 'node:readline'
import type { PlainInput } from '../text/plain.ts'
import type { Io } from './io.ts'

/** Lines typed at the terminal, or coming through a pipe. Let go of while another program has the terminal. */
export const typedLines = (io: Pick<Io, 'stdin' | 'signal'>): PlainInput => {
  const waiting: string[] = []
  let wanted: ((line: string | undefined) => void) | undefined
  let ended = false
  let reader: Interface | undefined

  const give = (line: string | undefined): void => {
    const resolve = wanted
    wanted = undefined
    if (resolve) resolve(line)
    else if (line !== undefined) waiting.push(line)
  }
  const open = (): void => {
    const mine = createInterface({ input: io.stdin, terminal: false })
    reader = mine
    mine.on('line', (line) => give(line))
    mine.on('close', () => {
      if (reader !== mine) return
      ended = true
      give(undefined)
    })
  }
  const close = (): void => {
    const mine = reader
    reader = undefined
    mine?.close()
    io.stdin.pause()
  }
  io.signal.addEventListener(
    'abort',
    () => {
      ended = true
      give(undefined)
    },
    { once: true },
  )
  open()
  return {
    next: () => {
      const line = waiting.shift()
      if (line !== undefined || ended) return Promise.resolve(line)
      return new Promise((resolve) => {
        wanted = resolve
      })
    },
    suspend: close,
    resume: open,
    close,
  }
}
