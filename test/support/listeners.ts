import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const address = (hex: string): string => {
  const [host = '', port = ''] = hex.split(':')
  const number = Number.parseInt(port, 16)
  if (host.length === 8) {
    const bytes =
      host
        .match(/../g)
        ?.reverse()
        .map((byte) => Number.parseInt(byte, 16)) ?? []
    return `${bytes.join('.')}:${number}`
  }
  return host === '00000000000000000000000001000000' ? `[::1]:${number}` : `[${host}]:${number}`
}

const socketsOf = (pid: number): readonly string[] =>
  readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /socket:\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
    } catch {
      return []
    }
  })

/** Addresses on which the given processes listen, from the kernel's own tables (Linux). */
export const listeners = (pids: ReadonlySet<number>): readonly string[] => {
  const mine = new Set([...pids].flatMap(socketsOf))
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    readFileSync(table, 'utf8')
      .split('\n')
      .slice(1)
      .map((row) => row.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => state === '0A' && inode !== undefined && mine.has(inode))
      .map(([, local = '']) => address(local)),
  )
}
