import { describe, expect, it } from 'vitest'
import type { CommandContext } from '../../../src/commands/context.ts'
import { doctorLines } from '../../../src/commands/doctor.ts'
import { toolLines, toolsInstall, toolsList } from '../../../src/commands/tools.ts'
import { UserError } from '../../../src/core/errors.ts'
import type { StepReport, ToolStatus, Tools } from '../../../src/core/ports.ts'

const statuses: readonly ToolStatus[] = [
  {
    name: 'kubectl',
    version: 'v1.34.3',
    found: { path: '/home/x/bin/kubectl', version: 'v1.34.1', source: 'path' },
    ways: ['download', 'build'],
    checksum: 'compiled-in',
    neededBy: ['lessons'],
  },
  { name: 'kubeseal', version: 'v0.40.0', ways: ['download', 'build'], checksum: 'publisher', neededBy: [] },
  { name: 'datree', version: 'v1.9.19', ways: [], neededBy: [], unavailable: 'nobody releases it.' },
  { name: 'kubelet', version: 'v1.34.3', ways: ['download', 'build'], neededBy: ['node image'] },
]

const STEPS: readonly StepReport[] = [
  { id: 'tool:kubectl', title: 'kubectl v1.34.3', state: 'waiting' },
  {
    id: 'tool:kubectl',
    title: 'kubectl v1.34.3',
    state: 'running',
    detail: 'building',
    done: 0,
    total: 10,
    unit: 'packages',
  },
  {
    id: 'tool:kubectl',
    title: 'kubectl v1.34.3',
    state: 'running',
    detail: 'building',
    done: 1,
    total: 10,
    unit: 'packages',
  },
  { id: 'tool:kubectl', title: 'kubectl v1.34.3', state: 'done', detail: 'built' },
]

const setUp = (options: { tty?: boolean; fail?: Error } = {}) => {
  const written = { out: '', err: '' }
  const asked: string[][] = []
  const tools: Tools = {
    list: async () => statuses,
    ensure: async (names, { report }) => {
      asked.push([...names])
      for (const step of STEPS) report(step)
      if (options.fail) throw options.fail
      return Object.fromEntries(names.map((name) => [name, `/cache/${name}`]))
    },
    binDir: '/bin',
  }
  const tty = options.tty ?? false
  const context = {
    io: {
      env: {},
      out: (text: string) => {
        written.out += text
      },
      err: (text: string) => {
        written.err += text
      },
      stdinIsTty: tty,
      stdoutIsTty: tty,
      columns: () => 60,
      signal: new AbortController().signal,
    },
    options: { plain: false },
    services: { tools: async () => tools },
  } as unknown as CommandContext
  return { context, written, asked }
}

describe('tools', () => {
  it('tells version, place, checksum and need of each', () => {
    const text = toolLines(statuses, 200).join('\n')
    expect(text).toContain('kubectl   v1.34.3 found on PATH: v1.34.1, /home/x/bin/kubectl')
    expect(text).not.toContain('known to the lab') // kubectl was not downloaded
    expect(text).toContain('not here yet; can be downloaded or built from Go modules')
    expect(text).toContain('from the publisher, recorded at first use')
    expect(text).toContain('cannot be had: nobody releases it.')
  })

  it('keeps to the width, but leaves paths whole', () => {
    for (const line of toolLines(statuses, 60)) expect(line.length <= 60 || line.includes('/')).toBe(true)
  })

  it('prints the list as JSON', async () => {
    const { context, written } = setUp()
    expect(await toolsList(context, { json: true })).toBe(0)
    expect(JSON.parse(written.out)).toEqual({ tools: statuses })
  })
})

describe('tools install', () => {
  it('prints progress as lines when there is no terminal, and paths as the result', async () => {
    const { context, written, asked } = setUp()
    expect(await toolsInstall(context, {}, ['kubectl'])).toBe(0)
    expect(asked).toEqual([['kubectl']])
    expect(written.out).toBe('kubectl: /cache/kubectl\n')
    expect(written.err).toBe('kubectl v1.34.3: working, building, 0 of 10 packages.\nkubectl v1.34.3: done, built.\n')
  })

  it('redraws one line on a terminal, and clears it at the end, also when it fails', async () => {
    const { context, written } = setUp({ tty: true, fail: new UserError({ what: 'No.', next: 'Go.' }) })
    await expect(toolsInstall(context, {}, ['kubectl'])).rejects.toThrow('No.')
    expect(written.err).toContain('\r\u001b[Kkubectl v1.34.3: working')
    expect(written.err.endsWith('\r\u001b[K')).toBe(true)
  })

  it('takes "needed" for all that this version uses', async () => {
    const { context, asked } = setUp()
    await toolsInstall(context, {}, ['needed'])
    expect(asked).toEqual([['kubectl']])
  })

  it('takes "node-image" for what a node image is made of, which "needed" leaves out', async () => {
    const { context, asked } = setUp()
    await toolsInstall(context, {}, ['node-image'])
    await toolsInstall(context, {}, ['kubeseal', 'needed', 'node-image'])
    expect(asked).toEqual([['kubelet'], ['kubeseal', 'kubectl', 'kubelet']])
  })
})

describe('doctor', () => {
  it('prints each finding with its fix below, then the backends', () => {
    const lines = doctorLines(
      {
        findings: [
          { id: 'a', title: 'Node.js', state: 'ok', found: '20.20.2' },
          { id: 'b', title: 'Memory', state: 'problem', found: 'too little', fix: 'Get more.' },
        ],
        backends: [{ backend: 'embedded', works: false, why: 'In the way: Memory.' }],
      },
      80,
    )
    expect(lines).toEqual([
      'ok       Node.js: 20.20.2',
      'PROBLEM  Memory: too little',
      '         To do: Get more.',
      '',
      'Backend embedded: does not work here. In the way: Memory.',
    ])
  })
})
