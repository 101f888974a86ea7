import { createInterface } from 'node:readline'
import { isLock, takeLock } from '../../../src/store/lock.ts'

// One of several processes that are after the same locks: takes the one each line names, and says what it got.
for await (const path of createInterface({ input: process.stdin })) {
  const taken = await takeLock(path)
  console.log(JSON.stringify({ pid: process.pid, won: isLock(taken), holder: isLock(taken) ? process.pid : taken.pid }))
}
