import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { gitHistory } from '../../../src/checks/git-history.ts'
import { secret } from '../../../src/checks/kinds/secret.ts'
import type { CheckContext } from '../../../src/core/ports.ts'
import { createWorkspace } from '../../../src/seeding/workspace.ts'

const VALUE = 'Kd7wPq3RmX9cVt4ZnHby'
/** Git makes deltas of long files that differ little. */
const long = (line: string): string => `${Array.from({ length: 200 }, (_, at) => `line ${at} ${line}`).join('\n')}\n`

const repository = async () => {
  const root = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-git-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  mkdirSync(join(root, 'git'))
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', join(root, 'git'), '-c', 'user.name=me', '-c', 'user.email=me@lab', ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: '1', HOME: root },
    })
  const write = (name: string, text: string) => writeFileSync(join(root, 'git', name), text)
  const commit = (message = 'change') => {
    git('add', '-A')
    git('commit', '-q', '-m', message)
  }
  git('init', '-q')
  const workspace = createWorkspace({ root })
  const look = () =>
    secret.run({ absent: { value: VALUE, objects: [], files: ['git/**'], git: 'git' } }, {
      workspace,
      signal: new AbortController().signal,
    } as unknown as CheckContext)
  return { git, write, commit, workspace, look }
}

describe('the history of a repository', () => {
  it('has every object that git itself reaches, loose and packed', async () => {
    const { git, write, commit, workspace } = await repository()
    for (const each of ['one', 'two', 'three']) {
      write('notes.txt', long('same').replace('line 100', each))
      commit()
    }
    git('tag', '-a', 'v1', '-m', 'first')
    const reachable = () =>
      git('rev-list', '--objects', '--all')
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0])
        .sort()
    expect([...(await gitHistory(workspace, 'git')).keys()].sort()).toEqual(reachable())
    git('gc', '-q', '--prune=now')
    expect([...(await gitHistory(workspace, 'git')).keys()].sort()).toEqual(reachable())
    write('notes.txt', long('same').replace('line 100', 'four'))
    commit()
    expect([...(await gitHistory(workspace, 'git')).keys()].sort()).toEqual(reachable())
  })

  it('is none where there is no repository', async () => {
    const { workspace } = await repository()
    expect((await gitHistory(workspace, 'elsewhere')).size).toBe(0)
    expect((await gitHistory(workspace, 'git')).size).toBe(0)
  })
})

describe('a value in the history', () => {
  it.each([
    ['as it is', VALUE],
    ['in base64', Buffer.from(`{"password":"${VALUE}"}`).toString('base64')],
  ])('is found after its file is gone, %s, packed too', async (_, shown) => {
    const { git, write, commit, look } = await repository()
    write('db.yaml', long(shown))
    commit()
    write('db.yaml', 'kind: SealedSecret\n')
    commit()
    const found = { kind: 'unmet', data: { places: [expect.stringMatching(/^history of git, blob [0-9a-f]{7}$/)] } }
    expect(await look()).toMatchObject(found)
    git('gc', '-q', '--prune=now')
    expect(await look()).toMatchObject(found)
  })

  it('is found in the words of a commit', async () => {
    const { write, commit, look } = await repository()
    write('a', 'b')
    commit(`the password is ${VALUE}`)
    const places = expect.arrayContaining([expect.stringMatching(/^history of git, commit/)])
    expect(await look()).toMatchObject({ kind: 'unmet', data: { places } })
  })

  it('is gone once no branch leads to it', async () => {
    const { git, write, commit, look } = await repository()
    write('db.yaml', VALUE)
    commit()
    write('db.yaml', 'kind: SealedSecret\n')
    git('add', '-A')
    git('commit', '-q', '--amend', '-m', 'sealed')
    expect(await look()).toMatchObject({ kind: 'met' })
  })
})
