import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { clusterDown, clusterRestart, clusterStatus, clusterUp, outcomeText } from '../../../src/commands/cluster.ts'
import { editControlPlaneFile, editorsOf } from '../../../src/commands/edit.ts'
import { UserError } from '../../../src/core/errors.ts'
import type { Cluster, ClusterStatus, FileOutcome } from '../../../src/core/ports.ts'

const READY: ClusterStatus = {
  backend: 'embedded',
  state: 'ready',
  version: 'v1.34.3',
  kubeconfig: '/lab/kubeconfig',
  since: '2026-01-01T00:00:00.000Z',
  components: [{ name: 'etcd', state: 'running', pid: 7, since: '2026-01-01T00:00:00.000Z', restarts: 1 }],
}
const ABSENT: ClusterStatus = { backend: 'embedded', state: 'absent', components: [] }

const fake = (parts: Partial<Cluster>): Cluster => parts as Cluster
const paper = () => {
  const texts: string[] = []
  return { write: (text: string) => void texts.push(text), text: () => texts.join('') }
}
const report = () => undefined

describe('cluster commands', () => {
  it('print the state for people and exit 0 only when it is ready', async () => {
    const { write, text } = paper()
    expect(await clusterStatus({ cluster: fake({ status: async () => READY }), json: false, write })).toBe(0)
    expect(text()).toContain('Cluster (embedded): ready, Kubernetes v1.34.3')
    expect(text()).toContain('etcd  running, pid 7, since 2026-01-01T00:00:00.000Z, 1 restart')
    const none = paper()
    const named = paper()
    const known = { name: 'sealed-secrets', title: 'Sealed Secrets', version: 'v0.40.0', forgets: false }
    const addOns = async () => [{ ...known, state: 'broken', reason: 'It was stopped.' } as const]
    await clusterStatus({ cluster: fake({ status: async () => READY }), json: false, write: named.write, addOns })
    expect(named.text()).toContain('Add-on sealed-secrets v0.40.0: broken\n    It was stopped.\n')
    expect(await clusterStatus({ cluster: fake({ status: async () => ABSENT }), json: false, write: none.write })).toBe(
      3,
    )
    expect(none.text()).toContain('cluster up')
  })

  it('print the fields of the contract as JSON', async () => {
    const { write, text } = paper()
    await clusterUp({ cluster: fake({ up: async () => READY }), json: true, write, report })
    expect(JSON.parse(text())).toEqual({ ...READY, reason: null })
    const none = paper()
    const cluster = fake({ down: async () => undefined, status: async () => ABSENT })
    expect(await clusterDown({ cluster, json: true, write: none.write, report })).toBe(0)
    expect(JSON.parse(none.text())).toMatchObject({ state: 'absent', version: null, kubeconfig: null, since: null })
  })

  it('restart a component by name only', async () => {
    const { write, text } = paper()
    const cluster = fake({ restart: async () => ({ kind: 'applied', seconds: 2.25 }) })
    expect(await clusterRestart({ cluster, component: 'kube-apiserver', write })).toBe(0)
    expect(text()).toBe('kube-apiserver: in effect, ready again after 2.3 s.\n')
    await expect(clusterRestart({ cluster, component: 'api', write })).rejects.toThrow(UserError)
  })

  it.each<[FileOutcome, number]>([
    [{ kind: 'unchanged' }, 0],
    [{ kind: 'reloading', note: 'soon' }, 0],
    [{ kind: 'rejected', error: 'no YAML' }, 3],
    [{ kind: 'crashing', error: 'unknown flag' }, 3],
  ])('tell what became of a file: %j', (outcome, code) => {
    const told = outcomeText('a.yaml', outcome)
    expect(told.code).toBe(code)
    if ('error' in outcome) expect(told.text).toContain(outcome.error)
  })
})

describe('edit', () => {
  const setup = (outcome: FileOutcome = { kind: 'applied', seconds: 1 }) => {
    const written: string[] = []
    const cluster = fake({
      readFile: async () => 'old\n',
      writeFile: async (_name, text) => {
        written.push(text)
        return outcome
      },
    })
    return { cluster, written, ...paper(), env: { EDITOR: 'my-editor --wait' } }
  }

  it('opens a private copy under its own name, and writes back what was saved', async () => {
    const { cluster, written, write, text, env } = setup()
    let copy = ''
    const run = async (argv: readonly string[]) => {
      expect(argv.slice(0, 2)).toEqual(['my-editor', '--wait'])
      copy = argv[2] ?? ''
      expect(readFileSync(copy, 'utf8')).toBe('old\n')
      writeFileSync(copy, 'new\n')
      return 0
    }
    expect(await editControlPlaneFile({ cluster, name: 'encryption.yaml', env, run, write })).toBe(0)
    expect(copy.endsWith('/encryption.yaml')).toBe(true)
    expect(() => readFileSync(copy)).toThrow()
    expect(written).toEqual(['new\n'])
    expect(text()).toContain('in effect')
  })

  it('exits 3 with the words of whoever refused it', async () => {
    const { cluster, write, text, env } = setup({ kind: 'crashing', error: 'unknown flag: --x' })
    expect(await editControlPlaneFile({ cluster, name: 'a.yaml', env, run: async () => 0, write })).toBe(3)
    expect(text()).toContain('unknown flag: --x')
  })

  it('leaves the file alone when the editor failed', async () => {
    const { cluster, written, write, env } = setup()
    const editing = editControlPlaneFile({ cluster, name: 'a.yaml', env, run: async () => 1, write })
    await expect(editing).rejects.toThrow('my-editor ended with exit code 1')
    expect(written).toEqual([])
  })

  it('tries the next editor when one is not there', async () => {
    const { cluster, write } = setup()
    const tried: string[] = []
    const run = async ([program = '']: readonly string[]) => {
      tried.push(program)
      if (program !== 'nano') throw new UserError({ what: 'not found', next: '' })
      return 0
    }
    await editControlPlaneFile({ cluster, name: 'a.yaml', env: { VISUAL: 'emacs' }, run, write })
    expect(tried).toEqual(['emacs', 'vi', 'nano'])
    const none = async () => {
      throw new UserError({ what: 'not found', next: '' })
    }
    const editing = editControlPlaneFile({ cluster, name: 'a.yaml', env: { EDITOR: 'my-ed -w' }, run: none, write })
    await expect(editing).rejects.toThrow('No editor could be started; tried my-ed, vi, nano.')
    expect(editorsOf({ EDITOR: ' ', VISUAL: undefined })).toEqual([['vi'], ['nano']])
  })

  it('prints a file, and takes a new text from a file or from standard input', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'edit-'))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    writeFileSync(join(dir, 'new.yaml'), 'from a file')
    const { cluster, written, write, text, env } = setup()
    const common = { cluster, name: 'a.yaml', env, write, run: async () => expect.fail('no editor is needed') }
    expect(await editControlPlaneFile({ ...common, print: true })).toBe(0)
    expect(text()).toBe('old\n')
    await editControlPlaneFile({ ...common, from: join(dir, 'new.yaml') })
    await editControlPlaneFile({ ...common, from: '-', readStdin: async () => 'from stdin' })
    expect(written).toEqual(['from a file', 'from stdin'])
    await expect(editControlPlaneFile({ ...common, from: join(dir, 'none') })).rejects.toThrow(/cannot be read/)
  })
})
