import { isOk, statusMessage } from '../../core/api/reply.ts'
import type { Finding, Json } from '../../core/model.ts'
import type { CheckContext } from '../../core/ports.ts'
import { type CredentialFacts, factsOf, trustsOnly } from '../certificate.ts'
import { describeCredential, kubectlAs } from '../credentials.ts'
import { secondsOf, showSeconds } from '../duration.ts'
import { credential, text, z } from '../fields.ts'
import { finding, orFinding, unknown } from '../findings.ts'
import { credentialHints, defineKind } from '../kind.ts'
import { type Kubeconfig, readWorkspaceKubeconfig } from '../kubeconfig.ts'
import { statusPhrase } from '../status.ts'

const schema = z.strictObject({
  as: credential,
  user: text.optional(),
  'groups-contain': z.array(text).min(1).optional(),
  'groups-exclude': z.array(text).min(1).optional(),
  'lifetime-max': z
    .string()
    .regex(/^\d+[smhd]$/, 'expected a duration like 10m, 24h or 7d')
    .optional(),
  'key-usage': z.literal('client', { error: 'expected client' }).optional(),
  'verified-server': z.literal(true, { error: 'expected true' }).optional(),
})
type Fields = z.infer<typeof schema>

const expected = (fields: Fields): string => {
  const asks = [
    fields.user ? `the API server knows it as ${fields.user}` : 'the API server knows it',
    fields['groups-contain'] ? `in ${fields['groups-contain'].join(', ')}` : '',
    fields['groups-exclude'] ? `not in ${fields['groups-exclude'].join(', ')}` : '',
    fields['lifetime-max'] ? `valid for at most ${fields['lifetime-max']}` : '',
    fields['key-usage'] ? 'for client authentication' : '',
    fields['verified-server'] ? 'and it verifies the server with the lab’s CA' : '',
  ].filter((part) => part !== '')
  return `${describeCredential(fields.as)}: ${asks.join(', ')}`
}

type Self = { readonly user: string; readonly groups: readonly string[] }

/** All that does not hold, worst first: [value for found.problem, sentence]. */
const problemsOf = (
  fields: Fields,
  seen: { readonly self: Self; readonly facts: CredentialFacts; readonly config?: Kubeconfig; readonly ca: string },
): readonly (readonly [string, string])[] => {
  const { self, facts, config } = seen
  const problems: (readonly [string, string])[] = []
  if (fields.user !== undefined && self.user !== fields.user) problems.push(['', `it is ${self.user}`])
  const missing = (fields['groups-contain'] ?? []).filter((group) => !self.groups.includes(group))
  if (missing.length > 0) {
    const groups = self.groups.filter((group) => group !== 'system:authenticated')
    problems.push([
      '',
      `user ${self.user} is not in group ${missing.join(', ')}: its groups are [${groups.join(', ')}]`,
    ])
  }
  const surplus = (fields['groups-exclude'] ?? []).filter((group) => self.groups.includes(group))
  if (surplus.length > 0) problems.push(['', `${self.user} is in ${surplus.join(', ')}`])
  const most = secondsOf(fields['lifetime-max'] ?? '')
  if (most !== undefined) {
    if (facts.lifetimeSeconds === undefined) problems.push(['', 'its credential never ends'])
    // Signers backdate the start by some minutes for clocks that lag, which is no longer life.
    else if (facts.lifetimeSeconds > most + (facts.credential === 'certificate' ? 600 : 0))
      problems.push(['', `its ${facts.credential} lives ${showSeconds(facts.lifetimeSeconds)}`])
  }
  if (fields['key-usage'] && facts.clientAuth !== true) {
    problems.push([
      'not-client-auth',
      facts.credential === 'certificate'
        ? 'its certificate is not for client authentication'
        : 'it has no client certificate',
    ])
  }
  if (fields['verified-server']) {
    if (config?.insecure)
      problems.push(['insecure', 'it sets insecure-skip-tls-verify, so it would talk to any server'])
    else if (config && config.ca === undefined) problems.push(['insecure', 'it names no certificate-authority'])
    else if (config?.ca !== undefined && !trustsOnly(config.ca, seen.ca)) {
      problems.push(['other-server', 'its certificate-authority is not the one of this lab'])
    }
  }
  return problems
}

/** Why a credential was turned away, as far as it says so itself. */
const whyRefused = (facts: CredentialFacts, now: number): readonly [problem: string, sentence: string] => {
  if (facts.clientAuth === false) return ['not-client-auth', 'its certificate is not for client authentication']
  if (facts.endsAt !== undefined && facts.endsAt < now) return ['expired', `its ${facts.credential} has expired`]
  return ['', `the API server does not know this ${facts.credential === 'none' ? 'identity' : facts.credential}`]
}

const run = async (fields: Fields, context: CheckContext): Promise<Finding> => {
  const { probe, workspace, signal, clock } = context
  const want = expected(fields)
  const none: { readonly [key: string]: Json } = {
    authenticated: false,
    status: 0,
    user: '',
    groups: [],
    lifetimeSeconds: 0,
    credential: 'none',
    problem: '',
  }
  const path = typeof fields.as === 'object' && 'kubeconfig' in fields.as ? fields.as.kubeconfig : undefined
  const read = await orFinding(
    async () => {
      const config = path === undefined ? undefined : await readWorkspaceKubeconfig(workspace, path, probe.server)
      return { config, as: config?.credential ?? (await context.credential(fields.as)) }
    },
    { expected: want, data: none },
  )
  if ('finding' in read) return read.finding
  const { config, as } = read.value
  const facts = factsOf(as)
  const reply = await probe.api({
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    as,
    signal,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
  })
  const known = {
    ...none,
    status: reply.status,
    credential: facts.credential,
    lifetimeSeconds: facts.lifetimeSeconds ?? 0,
  }
  if (reply.status === 401) {
    const [problem, sentence] = whyRefused(facts, clock.now())
    const data = { ...known, problem }
    return finding({
      met: false,
      expected: want,
      found: `401 Unauthorized: ${sentence}`,
      summary: '401 Unauthorized',
      data,
    })
  }
  if (!isOk(reply)) return unknown(`the API server would not say who this is: ${statusMessage(reply)}`)
  const info = (reply.json as { status?: { userInfo?: { username?: string; groups?: readonly string[] } } }).status
    ?.userInfo
  const self: Self = { user: info?.username ?? '', groups: info?.groups ?? [] }
  const problems = problemsOf(fields, { self, facts, config, ca: probe.ca })
  const groups = self.groups.filter((group) => group !== 'system:authenticated')
  return finding({
    met: problems.length === 0,
    expected: want,
    found:
      problems.length > 0
        ? problems.map(([, sentence]) => sentence).join('; ')
        : `${self.user}, groups [${groups.join(', ')}]${facts.lifetimeSeconds === undefined ? '' : `, ${facts.credential} of ${showSeconds(facts.lifetimeSeconds)}`}`,
    summary: `${statusPhrase(reply.status)}: ${self.user}`,
    data: {
      ...known,
      authenticated: true,
      user: self.user,
      groups: [...self.groups],
      problem: problems.find(([problem]) => problem !== '')?.[0] ?? '',
    },
  })
}

/** Who a credential is to the API server, and what the credential says of itself. */
export const identity = defineKind<Fields>({
  kind: 'identity',
  schema,
  lagMs: 0,
  watches: (fields) => [...credentialHints(fields.as), { kind: 'component', name: 'kube-apiserver' }, { kind: 'poll' }],
  run,
  expected,
  reproduce: (fields) => {
    const flags = kubectlAs(fields.as)
    return flags === undefined ? undefined : `kubectl auth whoami${flags}`
  },
})
