import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isAbort, ToolError, UserError } from '../../src/core/errors.ts'
import type { StepReport } from '../../src/core/ports.ts'
import { labPaths } from '../../src/store/paths.ts'
import { catalogue, findEntry } from '../../src/tools/catalogue/catalogue.ts'
import type { ToolEntry } from '../../src/tools/catalogue/entry.ts'
import { run } from '../../src/tools/exec.ts'
import { createTools } from '../../src/tools/tools.ts'

// Real builds from the real module registry; `etcdctl` and `kind` are the quick ones.

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-build-'))
})
afterEach(() => {
  execFileSync('chmod', ['-R', 'u+w', home]) // Go writes its module cache read-only
  rmSync(home, { recursive: true, force: true })
})

const lab = (entries: readonly ToolEntry[] = catalogue, env: Readonly<Record<string, string>> = {}) =>
  createTools({
    paths: labPaths({ K8S_SEC_LAB_HOME: home }),
    env: { ...process.env, K8S_SEC_LAB_TOOL_SOURCES: 'cache,build', ...env },
    catalogue: entries,
  })
const recorder = () => {
  const steps: StepReport[] = []
  return { steps, report: (step: StepReport) => void steps.push(step) }
}
const tools = () => join(home, 'cache', 'tools')
const kind = findEntry(catalogue, 'kind')
const etcdctl = findEntry(catalogue, 'etcdctl')

describe('building from Go modules', () => {
  it('makes a program that runs, tells packages of packages, and builds nothing the second time', async () => {
    const { steps, report } = recorder()
    const { etcdctl: path = '' } = await lab().ensure(['etcdctl'], { report })
    expect((await run({ argv: [path, 'version'] })).stdout).toContain(`etcdctl version: ${etcdctl.version.slice(1)}`)
    const counted = steps.filter((step) => step.unit === 'packages')
    expect(counted.length).toBeGreaterThan(0)
    for (const step of counted) expect(step.done).toBeLessThanOrEqual(step.total ?? 0)
    expect(steps.at(-1)).toMatchObject({ state: 'done', detail: 'built from Go modules' })

    const again = recorder()
    expect(await lab().ensure(['etcdctl'], again)).toEqual({ etcdctl: path })
    expect(again.steps.at(-1)).toMatchObject({ state: 'done', detail: 'from the cache' })
    expect(again.steps.some((step) => step.state === 'running')).toBe(false)
    expect((await lab().list()).find((tool) => tool.name === 'etcdctl')?.found).toMatchObject({ path, source: 'build' })
    expect(readdirSync(tools()).sort()).toEqual(['etcdctl', 'locks'])
    expect(readdirSync(join(tools(), 'locks'))).toEqual([])
  })

  it('is done once when two labs want the same tool at the same time', async () => {
    const [first, second] = [recorder(), recorder()]
    const [a, b] = await Promise.all([lab().ensure(['kind'], first), lab().ensure(['kind'], second)])
    expect(a).toEqual(b)
    const waited = [first, second].filter(({ steps }) => steps.some((step) => step.detail?.includes('another lab')))
    expect(waited).toHaveLength(1)
    const builders = [first, second].filter(({ steps }) => steps.some((step) => step.unit === 'packages'))
    expect(builders).toHaveLength(1)
  })

  it.each([
    ['modules are fetched', 'GOMODCACHE', (step: StepReport) => step.line?.startsWith('go: downloading ')],
    ['packages are built', 'GOCACHE', (step: StepReport) => step.unit === 'packages' && (step.done ?? 0) > 1],
  ] as const)('leaves nothing when it is cancelled while %s', async (_, cacheVariable, reached) => {
    const stop = new AbortController()
    const report = (step: StepReport) => {
      if (reached(step)) stop.abort()
    }
    // An empty cache of Go, so that there is something to fetch or build.
    const error = await lab([kind], { [cacheVariable]: join(home, 'go') })
      .ensure(['kind'], { report, signal: stop.signal })
      .catch((thrown) => thrown)
    expect(isAbort(error)).toBe(true)
    expect(readdirSync(tools())).toEqual(['locks'])
    expect(readdirSync(join(tools(), 'locks'))).toEqual([])
  })

  it('says in the words of go why it failed, and leaves nothing', async () => {
    const set = {
      ...kind.build.set,
      base: { kind: 'requires', requires: [['sigs.k8s.io/kind', 'v0.30.99']] },
    } as const
    const wrong = { ...kind, build: { ...kind.build, set } }
    const error = await lab([wrong])
      .ensure(['kind'], recorder())
      .catch((thrown) => thrown)
    expect(error).toBeInstanceOf(UserError)
    expect(error.exitCode).toBe(3)
    expect(error.message).toMatch(/Could not get kind .*build: resolving the Go modules of kind failed: .*v0\.30\.99/)
    expect(error.next).toContain('k8s-sec-lab tools install kind')
    expect(error.cause).toBeInstanceOf(ToolError)
    expect(readdirSync(tools())).toEqual(['locks'])
  })

  it('does not keep a program that says it is another version', async () => {
    const wrong = { ...kind, version: 'v0.30.1' }
    const error = await lab([wrong])
      .ensure(['kind'], recorder())
      .catch((thrown) => thrown)
    expect(error.message).toContain('the new kind says it is v0.30.0, not v0.30.1')
    expect(readdirSync(tools())).toEqual(['locks'])
  })
})
