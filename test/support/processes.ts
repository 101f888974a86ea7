import { execFileSync } from 'node:child_process'

/** Live processes whose command line names a folder: the ones that a lab in that folder started. */
export const processesOf = (folder: string): readonly { pid: number; command: string }[] =>
  execFileSync('ps', ['-ww', '-eo', 'pid=,stat=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((row) => /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(row))
    .filter((match) => match !== null)
    .map(([, pid = '', state = '', command = '']) => ({ pid: Number(pid), state, command }))
    .filter(({ state, command }) => !state.startsWith('Z') && command.includes(folder))
    .map(({ pid, command }) => ({ pid, command }))
