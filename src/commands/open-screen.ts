import { setFlagsFromString } from 'node:v8'
import { type FirstFrame, showFirstFrame } from '../tui/first-frame.ts'
import { wantsPlain } from './io.ts'

type Process = Pick<NodeJS.Process, 'argv' | 'env' | 'stdin' | 'stdout'>

/**
 * Puts the first frame of `start` on the screen before anything else is loaded. Undefined where there is to be no
 * screen: no terminal, words asked for, or a command line that the commands themselves have something to say about.
 */
export const openScreen = ({ argv, env, stdin, stdout }: Process): FirstFrame | undefined => {
  const [command, ...rest] = argv.slice(2)
  const isPlain = wantsPlain(
    { env, stdinIsTty: stdin.isTTY === true, stdoutIsTty: stdout.isTTY === true },
    { plain: false },
  )
  if (command !== 'start' || rest.some((arg) => arg.startsWith('-')) || isPlain) return undefined
  // Each frame is garbage a moment later. Left alone, V8 makes room for 48 MB of it before it looks for any.
  setFlagsFromString('--semi-space-growth-factor=1')
  const frame = showFirstFrame({ stdin, stdout, env })
  // What takes longest to load is begun first. Whether it loads is said by whoever needs it.
  import('../tui/mount.tsx').catch(() => {})
  return frame
}
