import { messageOf } from '../../core/errors.ts'
import { run, which } from '../exec.ts'
import { findGo, type Go, isNewEnough } from '../go.ts'
import { type Environment, type Finding, note, ok } from './finding.ts'

const ENGINES = ['docker', 'podman', 'nerdctl'] as const
const PATIENCE_MS = 3_000
/** The oldest Go that builds the control plane. */
const GO_NEEDED = '1.24'

/** Go, which builds what cannot be downloaded. */
export const goFinding = async (
  env: Environment,
): Promise<{ readonly finding: Finding; readonly go: Go | undefined }> => {
  const go = await findGo(env)
  const fix = `Install Go ${GO_NEEDED} or newer if tools have to be built here (no downloads, or macOS).`
  if (!go) return { finding: note('go', 'Go', 'not on PATH', fix), go }
  if (!isNewEnough(go.version, GO_NEEDED)) {
    return { finding: note('go', 'Go', `${go.version} is too old to build the control plane`, fix), go }
  }
  return { finding: ok('go', 'Go', go.version), go }
}

/** Programs of the system that lessons use. */
export const systemProgramsFinding = async (env: Environment): Promise<Finding> => {
  const names = ['bash', 'openssl']
  const paths = await Promise.all(names.map((name) => which(name, env.PATH)))
  const missing = names.filter((_, index) => paths[index] === undefined)
  const title = 'Programs of the system'
  if (missing.length === 0) return ok('programs', title, names.join(', '))
  const fix = `Install ${missing.join(' and ')} with your package manager.`
  return note(
    'programs',
    title,
    `${missing.join(' and ')} missing; some lessons need ${missing.length > 1 ? 'them' : 'it'}`,
    fix,
  )
}

const engineAnswer = async (path: string, env: Environment): Promise<string | undefined> => {
  try {
    const { code, stderr } = await run({ argv: [path, 'info'], env, timeoutMs: PATIENCE_MS })
    if (code === 0) return undefined
    return stderr.trim().split('\n').at(-1)?.slice(0, 120) || `exit code ${code}`
  } catch (error) {
    return messageOf(error)
  }
}

/** Container engines and whether they answer; the kind backend will need one. */
export const engineFinding = async (
  env: Environment,
): Promise<{ readonly finding: Finding; readonly engine: string | undefined }> => {
  const title = 'Container engine'
  const installed = await Promise.all(ENGINES.map(async (name) => ({ name, path: await which(name, env.PATH) })))
  const silent: string[] = []
  for (const { name, path } of installed) {
    if (!path) continue
    const why = await engineAnswer(path, env)
    if (why === undefined) return { finding: ok('engine', title, `${name} answers`), engine: name }
    silent.push(`${name} is installed but does not answer (${why})`)
  }
  const found = silent.length > 0 ? silent.join('; ') : `none of ${ENGINES.join(', ')} is installed`
  return { finding: note('engine', title, `${found}; not needed for the embedded control plane`), engine: undefined }
}
