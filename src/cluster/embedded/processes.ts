import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { identityOf, isAlive, type ProcessId } from '../../store/process-identity.ts'

const run = promisify(execFile)

/** SIGTERM, then SIGKILL for those that still live after `graceMs`. Never signals a pid that changed hands. */
export const stopProcesses = async (all: readonly ProcessId[], graceMs: number): Promise<void> => {
  const alive = async () => {
    const states = await Promise.all(all.map(isAlive))
    return all.filter((_, index) => states[index])
  }
  for (const one of await alive()) signal(one.pid, 'SIGTERM')
  const end = Date.now() + graceMs
  while ((await alive()).length > 0 && Date.now() < end) await sleep(20)
  for (const one of await alive()) signal(one.pid, 'SIGKILL')
  const last = Date.now() + 5000
  while ((await alive()).length > 0 && Date.now() < last) await sleep(20)
}

/** Sends a signal; a process that is gone already is fine. */
export const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name)
  } catch {
    // gone, or somebody else's by now: nothing of ours is left to signal
  }
}

/**
 * Living processes of ours: those whose program is called like one of `programs` and whose arguments name a file below
 * `dir`, and those that were started as a file below `below`. What a supervisor that was killed left behind, also when
 * its status file is lost.
 */
export const findProcesses = async (options: {
  readonly programs: readonly string[]
  readonly dir: string
  readonly below: string
}): Promise<readonly ProcessId[]> => {
  const { programs, dir, below } = options
  const isProgram = (argv: readonly string[]) =>
    argv[0]?.startsWith(`${below}/`) ||
    // A script is its interpreter's first argument; an editor with a file of the folder open is none.
    (/^python[\d.]*$/.test(basename(argv[0] ?? '')) && argv[1]?.startsWith(`${below}/`))
  const ours = (argv: readonly string[]) =>
    isProgram(argv) ||
    (programs.includes(basename(argv[0] ?? '')) && argv.slice(1).some((arg) => arg.includes(`${dir}/`)))
  const found = (await commandLines()).filter(({ argv }) => ours(argv))
  const named = await Promise.all(found.map(async ({ pid }) => ({ pid, identity: await identityOf(pid) })))
  return named.filter((one): one is ProcessId => one.identity !== undefined)
}

const commandLines = async (): Promise<readonly { readonly pid: number; readonly argv: readonly string[] }[]> => {
  if (process.platform !== 'linux') {
    const { stdout } = await run('ps', ['-xww', '-o', 'pid=', '-o', 'command='], { maxBuffer: 16 * 1024 * 1024 })
    return stdout.split('\n').flatMap((line) => parsePsLine(line) ?? [])
  }
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(
    pids.map(async (pid) => ({
      pid: Number(pid),
      argv: (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0'),
    })),
  )
  return lines.filter(({ argv }) => argv[0] !== '')
}

/**
 * A line of `ps -o pid= -o command=`. ps joins the words with blanks and the lab's own folder may hold some, so only the
 * program is split off, at the first flag.
 */
export const parsePsLine = (line: string): { readonly pid: number; readonly argv: readonly string[] } | undefined => {
  const [, pid, command] = /^\s*(\d+)\s+(.+)$/.exec(line) ?? []
  const [, program, flags] = /^(.*?)(\s--.*)?$/.exec(command ?? '') ?? []
  return pid && program ? { pid: Number(pid), argv: [program, flags?.trim() ?? ''] } : undefined
}
