import { expect, it, vi } from 'vitest'
import { listAtOnce } from '../../../src/commands/list-at-once.ts'
import { temporary } from '../store/temporary.ts'

const ran = async (env: Record<string, string>) => {
  let out = ''
  const stdout = {
    columns: 60,
    on: () => {},
    write: (text: string) => {
      out += text
    },
  }
  const done = await listAtOnce({ argv: [], env, stdout, stderr: stdout } as unknown as Parameters<
    typeof listAtOnce
  >[0])
  return { done, out }
}

it('leaves the list to the command itself where the build has kept nothing', async () => {
  vi.stubEnv('LAB_VERSION', undefined)
  expect(await ran({ K8S_SEC_LAB_HOME: await temporary() })).toEqual({ done: false, out: '' })
})
