import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UserError } from '../../../src/core/errors.ts'
import { createTools } from '../../../src/tools/tools.ts'
import { everything, homePaths, recorder, script, tempFolder, toolEntry } from './fixture.ts'

let temp: ReturnType<typeof tempFolder>
let path: string
beforeEach(() => {
  temp = tempFolder()
  path = ['first', 'second', 'third'].map((name) => join(temp.path, name)).join(':')
})
afterEach(() => temp.remove())

const at = (folder: string, body: string, name = 'tool') => script(join(temp.path, folder, name), body)
const lab = (options: { sources?: string; os?: string; path?: string } = {}) =>
  createTools({
    paths: homePaths(join(temp.path, 'home')),
    env: { PATH: `${options.path ?? path}:/usr/bin:/bin`, K8S_SEC_LAB_TOOL_SOURCES: options.sources ?? 'cache,path' },
    catalogue: [toolEntry('tool')],
    os: options.os ?? 'linux',
    arch: 'x64',
  })

describe('a tool on PATH', () => {
  it('is taken when its version fits, and linked for the learner', async () => {
    const found = at('second', 'echo tool v1.34.1')
    const { steps, report } = recorder()
    const tools = lab()
    expect(await tools.ensure(['tool'], { report })).toEqual({ tool: found })
    expect(steps.at(-1)).toMatchObject({ id: 'tool:tool', state: 'done', detail: `from PATH (${found})` })
    expect(everything(tools.binDir)).toEqual(['tool'])
    expect((await tools.list())[0]?.found).toEqual({ path: found, version: 'v1.34.1', source: 'path' })
  })

  it('is passed over when it is another version, a wrapper, silent or broken; the next folder may do', async () => {
    at('first', 'echo tool v1.32.4-dispatcher')
    at('second', 'exit 1')
    const good = at('third', 'echo tool v1.34.3')
    expect(await lab().ensure(['tool'], recorder())).toEqual({ tool: good })
  })

  it('is told with what it says when nothing fits', async () => {
    at('first', 'echo tool v1.32.4-dispatcher')
    at('second', 'echo tool v1.33.9')
    at('third', 'exit 1')
    const error = await lab()
      .ensure(['tool'], recorder())
      .catch((thrown) => thrown)
    expect(error).toBeInstanceOf(UserError)
    expect(error.message).toContain(`${join(temp.path, 'first', 'tool')}: it says "tool v1.32.4-dispatcher"`)
    expect(error.message).toContain('v1.33.9, wanted v1.34.3')
    expect(error.message).toContain('it printed nothing and ended with exit code 1')
    expect(error.next).toContain('K8S_SEC_LAB_TOOL_SOURCES')
  })

  it('is not the link that the lab made itself', async () => {
    const elsewhere = script(join(temp.path, 'elsewhere', 'tool'), 'echo tool v1.34.3')
    const { binDir } = lab()
    script(join(binDir, 'other'), 'true')
    symlinkSync(elsewhere, join(binDir, 'tool'))
    expect((await lab({ path: binDir }).list())[0]?.found).toBeUndefined()
  })

  it('never sees the kubeconfig of the user', async () => {
    at('first', '[ "$KUBECONFIG" = /dev/null ] && echo tool v1.34.3')
    expect(await lab().ensure(['tool'], recorder())).toHaveProperty('tool')
  })

  it('is not looked at when PATH is no allowed source', async () => {
    at('first', 'echo tool v1.34.3')
    await expect(lab({ sources: 'cache' }).ensure(['tool'], recorder())).rejects.toThrow(/not in the cache/)
  })
})

describe('a tool that cannot be had', () => {
  it('is listed with the reason and what to do', async () => {
    const [status] = await lab({ sources: 'cache,path,download,build' }).list()
    expect(status).toMatchObject({ name: 'tool', ways: [] })
    expect(status?.unavailable).toContain('nobody releases it for linux-x64')
    expect(status?.unavailable).toContain('Go 99.0 or newer')
  })

  it('on Windows leads to WSL 2', async () => {
    expect((await lab({ os: 'win32' }).list())[0]?.unavailable).toContain('WSL 2')
    await expect(lab({ os: 'win32' }).ensure(['tool'], recorder())).rejects.toThrow(/does not run on Windows/)
  })

  it('with an unknown name leads to the known ones', async () => {
    await expect(lab().ensure(['tolo'], recorder())).rejects.toThrow('The lab knows no tool called tolo.')
  })
})
