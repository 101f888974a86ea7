/** Reads a learner's kubeconfig as data: nothing in it is ever run, and it may only speak to this lab. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { UserError } from '../core/errors.ts'
import type { Credential, Workspace } from '../core/ports.ts'
import { field, listOf, parseYaml, textOf } from './yaml.ts'

export type KubeconfigProblem = 'missing-file' | 'insecure' | 'other-server' | 'exec' | 'unparsable' | 'other-key'

/** A UserError that also says which kind of problem a kubeconfig has, for `found.problem`. */
export const kubeconfigError = (problem: KubeconfigProblem, what: string, next: string): UserError =>
  Object.assign(new UserError({ what, next }), { problem })

/** The parts of a kubeconfig's current context that matter. */
export type Kubeconfig = {
  readonly credential: Credential
  /** PEM text of the certificate authority that it trusts, when it names one. */
  readonly ca?: string
  /** It does not verify the server at all. */
  readonly insecure: boolean
}

type Source = {
  readonly text: string
  /** Name for messages. */
  readonly name: string
  /** The lab's API server: a file that names another one is refused. Left out for the lab's own files. */
  readonly server?: string
  /** Reads a file that the kubeconfig points to; undefined when there is none in the workspace. */
  readonly readFile: (path: string) => Promise<string | undefined>
}

/** Throws UserError (with `problem`) for anything that is not a certificate or token user of this lab's server. */
export const readKubeconfig = async (source: Source): Promise<Kubeconfig> => {
  const { name } = source
  const parsed = parseYaml(source.text)
  const bad = (what: string): UserError =>
    kubeconfigError(
      'unparsable',
      `${name} ${what}`,
      'Compare it with the output of `kubectl config view` for a working file.',
    )
  if ('mistake' in parsed) throw bad(`is not valid YAML: ${parsed.mistake}`)
  const config = parsed.value
  const contexts = listOf(field(config, 'contexts'))
  const current = textOf(field(config, 'current-context'))
  if (current === undefined || current === '') throw bad('names no current-context')
  const entry = (list: string, wanted: string | undefined, part: string): unknown => {
    const found = listOf(field(config, list)).find((each) => textOf(field(each, 'name')) === wanted)
    if (found === undefined) throw bad(`has no entry ${JSON.stringify(wanted ?? '')} under ${list}`)
    return field(found, part)
  }
  if (contexts.length === 0) throw bad('has no contexts')
  const context = entry('contexts', current, 'context')
  const cluster = entry('clusters', textOf(field(context, 'cluster')), 'cluster')
  const user = entry('users', textOf(field(context, 'user')), 'user')

  const server = textOf(field(cluster, 'server')) ?? ''
  if (source.server !== undefined && !isSameServer(server, source.server)) {
    throw kubeconfigError(
      'other-server',
      `${name} points to ${server === '' ? 'no server' : server}, not to this lab`,
      `Set the cluster's server to ${source.server}.`,
    )
  }
  const data = (holder: unknown, key: string): string | undefined => {
    const encoded = textOf(field(holder, `${key}-data`))
    return encoded === undefined || encoded === '' ? undefined : Buffer.from(encoded, 'base64').toString('utf8')
  }
  const pem = async (holder: unknown, key: string): Promise<string | undefined> => {
    const inline = data(holder, key)
    const path = textOf(field(holder, key))
    if (inline !== undefined || path === undefined || path === '') return inline
    const content = await source.readFile(path)
    if (content === undefined) throw bad(`points to ${path}, which is not in the workspace`)
    return content
  }
  return {
    credential: await credentialOf({ user, name, pem, readFile: source.readFile, bad }),
    ca: await pem(cluster, 'certificate-authority'),
    insecure: field(cluster, 'insecure-skip-tls-verify') === true,
  }
}

type User = {
  readonly user: unknown
  readonly name: string
  readonly pem: (holder: unknown, key: string) => Promise<string | undefined>
  readonly readFile: Source['readFile']
  readonly bad: (what: string) => UserError
}

const credentialOf = async ({ user, name, pem, readFile, bad }: User): Promise<Credential> => {
  if (field(user, 'exec') !== undefined || field(user, 'auth-provider') !== undefined) {
    throw kubeconfigError(
      'exec',
      `${name} wants to run a program to log in`,
      'Put a client certificate or a token into the file: the lab runs nothing that a kubeconfig names.',
    )
  }
  const cert = await pem(user, 'client-certificate')
  const key = await pem(user, 'client-key')
  if (cert !== undefined && key !== undefined) {
    if (!cert.includes('-----BEGIN CERTIFICATE-----')) throw bad('holds a client certificate that is not PEM')
    if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(key)) throw bad('holds a client key that is not PEM')
    mustBelongTogether({ cert, key, name, bad })
    return { kind: 'certificate', cert, key }
  }
  if (cert !== undefined || key !== undefined) {
    throw bad(cert === undefined ? 'has a client key but no certificate' : 'has a client certificate but no key')
  }
  const tokenFile = textOf(field(user, 'tokenFile'))
  const token = textOf(field(user, 'token')) ?? (tokenFile === undefined ? undefined : await readFile(tokenFile))
  if (token !== undefined && token.trim() !== '') return { kind: 'token', token: token.trim() }
  throw bad('has neither a client certificate nor a token for its user')
}

type Pair = { readonly cert: string; readonly key: string } & Pick<User, 'name' | 'bad'>

/** TLS would refuse the pair before any request is made, with words that help nobody. */
const mustBelongTogether = ({ cert, key, name, bad }: Pair): void => {
  const read = <T>(what: string, make: () => T): T => {
    try {
      return make()
    } catch {
      throw bad(`holds a client ${what} that cannot be read`)
    }
  }
  const certificate = read('certificate', () => new X509Certificate(cert))
  const privateKey = read('key', () => createPrivateKey(key))
  if (certificate.checkPrivateKey(privateKey)) return
  throw kubeconfigError(
    'other-key',
    `${name} holds a certificate and a private key that do not belong together`,
    'A certificate works only with the key that its request was made from.',
  )
}

const isSameServer = (a: string, b: string): boolean => {
  try {
    const [left, right] = [a, b].map((each) => new URL(each))
    const host = (url: URL | undefined): string => (url?.hostname === 'localhost' ? '127.0.0.1' : (url?.hostname ?? ''))
    return left?.protocol === right?.protocol && left?.port === right?.port && host(left) === host(right)
  } catch {
    return false
  }
}

/** Reads a kubeconfig of the workspace by its path. */
export const readWorkspaceKubeconfig = async (
  workspace: Workspace,
  path: string,
  server: string,
): Promise<Kubeconfig> => {
  const content = await workspace.read(path)
  if (content === undefined) {
    throw kubeconfigError(
      'missing-file',
      `${path} is not in the workspace yet`,
      `Write it to ${workspace.root}/${path}.`,
    )
  }
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : ''
  const readFile = async (file: string): Promise<string | undefined> => {
    const inside = file.startsWith(`${workspace.root}/`) ? file.slice(workspace.root.length + 1) : `${folder}${file}`
    if (inside.startsWith('/') || inside.split('/').includes('..')) return undefined
    const bytes = await workspace.read(inside)
    return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8')
  }
  return readKubeconfig({ text: Buffer.from(content).toString('utf8'), name: path, server, readFile })
}
