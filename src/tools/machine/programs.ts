import { which } from '../exec.ts'
import { findGo, type Go, isNewEnough } from '../go.ts'
import { type Environment, type Finding, note, ok } from './finding.ts'

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
