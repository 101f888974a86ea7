import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLI, type LabHome, labHome } from '../support/lab.ts'

let lab: LabHome
beforeAll(() => {
  lab = labHome()
})
afterAll(() => lab.remove())

const json = (text: string) => JSON.parse(text)

describe('the commands, one after another, without a terminal', () => {
  it('says what is missing before anything was begun', async () => {
    const { code, stdout, stderr } = await lab.run(['check'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toBe(
      'No lesson has begun yet.\nBegin one, e.g. k8s-sec-lab begin L00; k8s-sec-lab list shows all.\n',
    )
    expect((await lab.run(['cluster', 'status', '--json'])).code).toBe(3)
    expect(existsSync(join(lab.home, 'cluster'))).toBe(false)
  })

  it('begins a lesson, cluster included', async () => {
    const { code, stdout } = await lab.run(['begin', 'rbac-least-privilege'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Lesson: Exactly enough\./)
    expect(stdout).toContain(`Your files: ${join(lab.home, 'workspace', 'rbac-least-privilege')}`)
    const again = await lab.run(['begin', 'L05'])
    expect(again.stdout).toContain('It had begun before: nothing in the cluster was changed.')
  })

  it('grades: not yet, as text and as JSON', async () => {
    const text = await lab.run(['check'])
    expect(text.code).toBe(1)
    expect(text.stdout).toMatch(/^L05 Exactly enough\nChecks: 0 of \d+ passed\./)
    const { code, stdout } = await lab.run(['check', '--json'])
    expect(code).toBe(1)
    const report = json(stdout)
    expect(report).toMatchObject({ lesson: 'L05', backend: 'embedded', verdict: 'failed' })
    for (const check of report.checks) {
      expect(Object.keys(check)).toEqual(['id', 'title', 'verdict', 'expected', 'found', 'why', 'reproduce'])
    }
  })

  it('shows that the attack works', async () => {
    const { code, stdout } = await lab.run(['attack'])
    expect(code).toBe(1)
    expect(stdout).toMatch(/Attack: .* Still works\./)
  })

  it('gives a shell with everything in it, and hands its exit code on', async () => {
    const script =
      'kubectl get serviceaccount report-bot -n shop -o name && basename "$PWD" && k8s-sec-lab hint && exit 9'
    const { code, stdout } = await lab.run(['shell', 'bash', '-c', script])
    expect(code).toBe(9)
    expect(stdout).toContain('serviceaccount/report-bot\nrbac-least-privilege\nHint 1 of')
  })

  it('prints an environment that a shell of the learner can take over', async () => {
    const script = `eval "$(${process.execPath} ${CLI} env)" && kubectl config current-context && command -v k8s-sec-lab`
    const { code, stdout } = await lab.run(['shell', 'bash', '-c', script])
    expect(code).toBe(0)
    expect(stdout.trim().split('\n').at(-1)).toBe(join(lab.home, 'bin', 'k8s-sec-lab'))
  })

  it('tells a watcher what changed when the solution is applied, and ends with 130', async () => {
    const child = spawn(process.execPath, [CLI, 'check', '--watch'], {
      env: lab.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let out = ''
    const heard = (words: string) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!out.includes(words)) return
          child.stdout.off('data', look)
          resolve()
        }
        child.stdout.on('data', look)
        look()
      })
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
    await heard('Watching.')
    const solution = await lab.run(['solution', '--yes'])
    expect(solution.code).toBe(0)
    expect((await lab.run(['shell', 'bash', '-c', solution.stdout])).code).toBe(0)
    await heard('Checks: 7 of 7 passed.')
    child.kill('SIGINT')
    expect(await ended).toBe(130)
  })

  it('passes, and the attack fails now', async () => {
    const { code, stdout } = await lab.run(['check', '--json'])
    expect([code, json(stdout).verdict]).toEqual([0, 'passed'])
    expect((await lab.run(['attack'])).code).toBe(0)
    const listed = json((await lab.run(['list', '--json'])).stdout).lessons
    expect(listed.find((lesson: { id: string }) => lesson.id === 'L05')).toMatchObject({ status: 'passed' })
  })

  it('resets only when told to, to a seed that is not passed', async () => {
    expect((await lab.run(['reset', 'L05'])).code).toBe(2)
    expect((await lab.run(['reset', 'L05', '--yes'])).code).toBe(0)
    expect(
      json((await lab.run(['check', '--json'])).stdout).checks.every(
        (one: { verdict: string }) => one.verdict !== 'passed',
      ),
    ).toBe(true)
    expect(
      json((await lab.run(['list', '--json'])).stdout).lessons.find((one: { id: string }) => one.id === 'L05').status,
    ).toBe('passed')
  })

  it('edits a control-plane file and says what became of it', async () => {
    const { stdout } = await lab.run(['edit', 'audit-policy', '--print'])
    expect(stdout).toContain('kind: Policy')
    const { code, stdout: outcome } = await lab.run(['edit', 'kube-apiserver', '--from', '-'], {
      input: 'not: [a manifest',
    })
    expect(code).toBe(3)
    expect(outcome).toContain('kube-apiserver.yaml: saved, but rejected.')
    const manifest = await lab.run(['cluster', 'status', '--json'])
    expect(json(manifest.stdout)).toMatchObject({ backend: 'embedded' })
  })

  it('carries progress from one home to another', async () => {
    const exported = await lab.run(['progress', 'export'])
    const other = labHome()
    try {
      expect((await other.run(['progress', 'import', '-'], { input: exported.stdout })).stdout).toContain(
        '1 lesson passed',
      )
      expect((await other.run(['progress', 'import', '-'], { input: '{' })).code).toBe(2)
    } finally {
      await other.remove()
    }
  })

  it('is quiet when nobody reads on', async () => {
    const { stderr } = await lab.run([
      'shell',
      'bash',
      '-o',
      'pipefail',
      '-c',
      `${process.execPath} ${CLI} lessons schema | head -1`,
    ])
    expect(stderr).toBe('')
  })
})
