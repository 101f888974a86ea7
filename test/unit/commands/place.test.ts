import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { learnerEnvironment } from '../../../src/app/learner-environment.ts'
import { shellStart } from '../../../src/app/shell-start.ts'
import type { CommandContext } from '../../../src/commands/context.ts'
import { editFile } from '../../../src/commands/edit-file.ts'
import { env, exportLine } from '../../../src/commands/env.ts'
import { progressExport, progressImport, progressReset } from '../../../src/commands/progress.ts'
import { runShell } from '../../../src/commands/shell.ts'
import { typedLines } from '../../../src/commands/typed-lines.ts'
import { withLesson } from '../../../src/core/course.ts'
import { anAttempt, fakeWorld } from '../app/fake-services.ts'
import { type Bench, commandBench } from './run-command.ts'

let home: string
let bench: Bench

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'k8s-sec-lab place '))
  bench = commandBench({ world: fakeWorld(home) })
  bench.world.answers.attempt = anAttempt('L01')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

/** The same bench, with other variables in the environment. */
const within = (variables: Readonly<Record<string, string>>): CommandContext => ({
  ...bench.context,
  io: { ...bench.context.io, env: { ...bench.context.io.env, PATH: process.env.PATH, ...variables } },
})

describe('env', () => {
  it('prints what a shell can evaluate, whatever is in it', async () => {
    const { code, out } = await bench.run((context) => env(context, { shell: 'bash' }))
    expect(code).toBe(0)
    const seen = execFileSync('sh', [
      '-c',
      `${out}\nprintf '%s\\n' "$KUBECONFIG" "$PATH" "$LAB_VAR_THING" "$K8S_SEC_LAB_LESSON"`,
    ])
    expect(seen.toString().split('\n').slice(0, 4)).toEqual([
      '/home/lab/kubeconfig',
      `${join(home, 'bin')}:/usr/bin`,
      'ruby',
      'L01',
    ])
  })

  it('puts a program into PATH that runs this very lab', async () => {
    await bench.run((context) => env(context, {}))
    expect(readFileSync(join(home, 'bin', 'k8s-sec-lab'), 'utf8')).toBe(
      `#!/bin/sh\nexec '/usr/bin/node' '/lab/cli.js' "$@"\n`,
    )
  })

  it('quotes for fish and POSIX shells', () => {
    expect(exportLine('bash', 'A', `it's`)).toBe(`export A='it'\\''s'`)
    expect(exportLine('fish', 'A', `it's \\`)).toBe(`set -gx A 'it\\'s \\\\'`)
    expect(exportLine('fish', 'PATH', '/a:/b c')).toBe(`set -gx PATH '/a' '/b c'`)
  })

  it('gives values only for the lesson they belong to, and an absolute home', () => {
    const made = learnerEnvironment({
      paths: bench.context.services.paths,
      env: { PATH: `${join(home, 'bin')}:/usr/bin`, K8S_SEC_LAB_HOME: 'lab' },
      cluster: {},
      attempt: anAttempt('L02'),
      lesson: bench.world.answers.lessons[0],
    })
    expect(made.LAB_VAR_THING).toBeUndefined()
    expect(made.K8S_SEC_LAB_HOME).toBe(join(process.cwd(), 'lab'))
    expect(made.PATH).toBe(`${join(home, 'bin')}:/usr/bin`)
  })
})

describe('shell', () => {
  it('runs one command in the folder of the lesson and hands its exit code on', async () => {
    const check = 'test "$KUBECONFIG" = /home/lab/kubeconfig && test "$(basename "$PWD")" = l01 || exit 1; exit 7'
    expect(await runShell(within({}), ['sh', '-c', check])).toBe(7)
  })

  it('marks the prompt of bash and keeps the tools of the lab in front, after the own start-up file', async () => {
    const user = join(home, "user's")
    execFileSync('mkdir', ['-p', user])
    writeFileSync(join(user, '.bashrc'), 'PS1="own> "\nPATH=/somewhere:$PATH\nOWN=yes\n')
    const start = await shellStart({
      shell: '/bin/bash',
      folder: join(home, 'sh'),
      mark: '(lab L01)',
      path: '/lab/bin:/usr/bin:/bin',
      home: user,
    })
    expect(start.argv).toEqual(['/bin/bash', '--rcfile', join(home, 'sh', 'bashrc'), '-i'])
    const seen = execFileSync('bash', ['-c', `. '${join(home, 'sh', 'bashrc')}'; echo "$PS1|$PATH|$OWN"`], {
      env: { HOME: user, PATH: '/usr/bin:/bin' },
    })
    expect(seen.toString()).toBe('(lab L01) own> |/lab/bin:/usr/bin:/bin|yes\n')
  })

  it('knows zsh and fish, and gives any other shell a prompt', async () => {
    const common = { folder: join(home, 'sh'), mark: '(lab)', path: '/lab/bin', home }
    const zsh = await shellStart({ ...common, shell: '/bin/zsh' })
    expect(zsh.env.ZDOTDIR).toBe(common.folder)
    expect(readFileSync(join(common.folder, '.zshrc'), 'utf8')).toContain('PROMPT="(lab) $PROMPT"')
    expect((await shellStart({ ...common, shell: 'fish' })).argv[2]).toContain('(lab)')
    expect((await shellStart({ ...common, shell: '/bin/dash' })).env).toEqual({ PS1: '(lab) $ ' })
  })
})

describe('edit', () => {
  it('writes a control-plane file from standard input, and prints one', async () => {
    const given = commandBench({ world: bench.world, input: 'kind: Pod\nmore: 1\n' })
    const { code, out } = await given.run((context) => editFile(context, { from: '-' }, ['kube-apiserver']))
    expect([code, out]).toEqual([0, 'kube-apiserver.yaml: in effect, ready again after 2.0 s.\n'])
    const printed = await bench.run((context) => editFile(context, { print: true }, ['kube-apiserver.yaml']))
    expect(printed.out).toBe('kind: Pod\n')
  })

  it('opens a file of the lesson in the editor', async () => {
    const editor = join(home, 'editor')
    writeFileSync(editor, '#!/bin/sh\necho written > "$1"\n', { mode: 0o755 })
    expect(
      await editFile(within({ EDITOR: 'editor', PATH: `${home}:${process.env.PATH}` }), {}, ['notes/plan.txt']),
    ).toBe(0)
    expect(readFileSync(join(home, 'workspace', 'l01', 'notes', 'plan.txt'), 'utf8')).toBe('written\n')
  })

  it('keeps inside the folder, and lists what there is', async () => {
    expect(await bench.run((context) => editFile(context, {}, ['../../secret']))).toMatchObject({
      code: 2,
      err: expect.stringContaining('Name one of kube-apiserver.yaml'),
    })
    expect((await bench.run((context) => editFile(context, {}, []))).out).toContain(
      'kube-apiserver.yaml: the API server',
    )
  })
})

describe('progress', () => {
  it('goes out as JSON and comes back in, without taking anything away', async () => {
    bench.world.answers.progress = withLesson({ version: 1, lessons: {} }, 'L01', { status: 'passed' })
    const { out } = await bench.run((context) => progressExport(context))
    const other = commandBench({ input: out })
    other.world.answers.progress = withLesson({ version: 1, lessons: {} }, 'L02', { status: 'passed' })
    expect((await other.run((context) => progressImport(context, {}, ['-']))).out).toBe('Merged. 2 lessons passed.\n')
    expect(Object.keys(other.world.answers.progress.lessons)).toEqual(['L01', 'L02'])
    expect(await other.run((context) => progressImport(context, {}, ['/no/such']))).toMatchObject({ code: 2 })
  })

  it('is forgotten only after a yes', async () => {
    bench.world.answers.progress = withLesson({ version: 1, lessons: {} }, 'L01', { status: 'passed' })
    expect(await bench.run((context) => progressReset(context))).toMatchObject({ code: 2 })
    const sure = { ...bench.context, options: { ...bench.context.options, yes: true } }
    expect(await progressReset(sure)).toBe(0)
    expect(bench.world.answers.progress).toEqual({ version: 1, lessons: {} })
  })
})

describe('typed lines', () => {
  it('come one by one, then the end; none is lost when they come at once', async () => {
    const lines = typedLines({ stdin: Readable.from(['one\ntwo\nthr', 'ee']), signal: new AbortController().signal })
    expect([await lines.next(), await lines.next(), await lines.next(), await lines.next()]).toEqual([
      'one',
      'two',
      'three',
      undefined,
    ])
    lines.close()
  })

  it('end when the lab is interrupted', async () => {
    const stop = new AbortController()
    const lines = typedLines({ stdin: new Readable({ read() {} }), signal: stop.signal })
    const next = lines.next()
    stop.abort()
    expect(await next).toBeUndefined()
    lines.close()
  })
})
