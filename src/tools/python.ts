import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ToolError, UserError } from '../core/errors.ts'
import type { Report } from '../core/ports.ts'
import { withLock } from '../store/lock.ts'
import { run, runOk, whichAll } from './exec.ts'
import { toolSources } from './sources.ts'

/** Packages of PyPI that a program of the lab runs with: a file of exact versions, as pip reads it. */
export type PythonPackages = { readonly name: string; readonly requirements: string }

export type Python = {
  /** Absolute path of the interpreter. */
  readonly program: string
  /** A folder for PYTHONPATH. */
  readonly packages: string
}

type Options = {
  readonly cache: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly report: Report
  readonly signal?: AbortSignal
}

const OLDEST_MINOR = 10
const INSTALL_MS = 600_000
const ASK = 'import sys,sysconfig;print(sys.executable,*sys.version_info[:2],sysconfig.get_platform())'

type Interpreter = { readonly program: string; readonly tag: string }

const findPython = async (env: Options['env'], signal?: AbortSignal): Promise<Interpreter | undefined> => {
  for (const path of await whichAll('python3', env.PATH)) {
    const argv = [path, '-c', ASK]
    const answer = await run({ argv, env, timeoutMs: 10_000, ...(signal ? { signal } : {}) }).catch((error) => {
      if (!(error instanceof ToolError)) throw error
    })
    const [program = '', major, minor, platform] = (answer?.stdout ?? '').trim().split(' ')
    if (major === '3' && Number(minor) >= OLDEST_MINOR) return { program, tag: `${major}.${minor} ${platform}` }
  }
  return undefined
}

/** Where they are kept: other versions of them, or of Python, are another folder. */
const folderOf = ({ name, requirements }: PythonPackages, { tag }: Interpreter, cache: string): string => {
  const hash = createHash('sha256')
    .update(JSON.stringify([requirements, tag]))
    .digest('hex')
    .slice(0, 12)
  return join(cache, 'python', `${name}-${hash}`)
}

const isThere = async (folder: string): Promise<boolean> => {
  const mark = await stat(join(folder, 'origin.json')).catch(() => undefined)
  return mark?.isFile() ?? false
}

/**
 * The interpreter of this machine, and a folder of the lab's cache with these packages in it; fetched by pip when they
 * are not there yet. Throws UserError that says what to install.
 */
export const pythonPackages = async (wanted: PythonPackages, options: Options): Promise<Python> => {
  const { cache, env, report, signal } = options
  const python = await findPython(env, signal)
  if (!python) {
    throw new UserError({
      what: `${wanted.name} runs on Python 3.${OLDEST_MINOR} or newer, and there is none on PATH.`,
      next: 'Install python3 and pip (Debian: apt-get install python3 python3-pip).',
      exitCode: 3,
    })
  }
  const folder = folderOf(wanted, python, cache)
  const found = { program: python.program, packages: folder }
  if (await isThere(folder)) return found
  const step = { id: `python:${wanted.name}`, title: `${wanted.name} (Python)` } as const
  const lock = { path: join(cache, 'python', 'lock'), ...(signal ? { signal } : {}) }
  await mkdir(dirname(folder), { recursive: true })
  report({ ...step, state: 'running', detail: 'fetching Python packages' })
  try {
    await withLock({ ...lock, onWait: () => report({ ...step, state: 'waiting' }) }, async () => {
      if (!(await isThere(folder))) await install(wanted, { ...options, python, folder })
    })
  } catch (error) {
    report({ ...step, state: 'failed' })
    throw error
  }
  report({ ...step, state: 'done', detail: 'fetched from PyPI' })
  return found
}

const install = async (
  { name, requirements }: PythonPackages,
  { python, folder, env, signal }: Options & { readonly python: Interpreter; readonly folder: string },
): Promise<void> => {
  const sources = toolSources(env)
  if (!sources.includes('build') && !sources.includes('download')) {
    throw new UserError({
      what: `The Python packages of ${name} are not in the cache, and K8S_SEC_LAB_TOOL_SOURCES forbids to fetch them.`,
      next: 'Allow build or download there, or bring the cache from another machine.',
      exitCode: 3,
    })
  }
  const draft = `${folder}.draft-${randomUUID().slice(0, 8)}`
  await mkdir(draft)
  try {
    const list = join(draft, 'requirements.txt')
    await writeFile(list, requirements)
    const argv = [python.program, '-m', 'pip', 'install', '--no-input', '--only-binary=:all:', '--target', draft]
    await runOk({
      argv: [...argv, '--disable-pip-version-check', '--no-deps', '--requirement', list],
      env,
      group: true,
      timeoutMs: INSTALL_MS,
      ...(signal ? { signal } : {}),
      what: `pip could not fetch the Python packages of ${name}`,
      next: 'Check that `python3 -m pip --version` works (Debian: apt-get install python3-pip) and reaches PyPI.',
    })
    await writeFile(join(draft, 'origin.json'), `${JSON.stringify({ source: 'PyPI', python: python.tag })}\n`)
    await rm(folder, { recursive: true, force: true })
    await rename(draft, folder)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** The packages that a requirements file names. */
export const readRequirements = async (name: string, file: string): Promise<PythonPackages> => ({
  name,
  requirements: await readFile(file, 'utf8'),
})
