/** Sets of RBAC rules, expanded to single rights, and how one set covers another. Pure. */

/** One right: a verb on a resource (optionally one named object), or on a path outside the API's resources. */
export type Right =
  | {
      readonly kind: 'resource'
      readonly group: string // '' core, '*' all
      readonly resource: string // pods, pods/log, *
      readonly verb: string
      readonly name?: string // only this object
    }
  | { readonly kind: 'path'; readonly path: string; readonly verb: string }

/** Rules as a SelfSubjectRulesReview reports them. */
export type ReviewedRules = {
  readonly resourceRules?: readonly {
    readonly verbs?: readonly string[]
    readonly apiGroups?: readonly string[]
    readonly resources?: readonly string[]
    readonly resourceNames?: readonly string[]
  }[]
  readonly nonResourceRules?: readonly {
    readonly verbs?: readonly string[]
    readonly nonResourceURLs?: readonly string[]
  }[]
}

/** Rules as a lesson writes them. */
export type WantedRule =
  | {
      readonly apiGroup?: string
      readonly resources: readonly string[]
      readonly verbs: readonly string[]
      readonly names?: readonly string[]
    }
  | { readonly paths: readonly string[]; readonly verbs: readonly string[] }

/** All single rights of a review, each once. */
export const rightsOfReview = (rules: ReviewedRules): readonly Right[] =>
  distinct([
    ...(rules.resourceRules ?? []).flatMap((rule) =>
      expand(rule.apiGroups ?? [''], rule.resources ?? [], rule.verbs ?? [], rule.resourceNames ?? []),
    ),
    ...(rules.nonResourceRules ?? []).flatMap((rule) =>
      (rule.nonResourceURLs ?? []).flatMap((path) =>
        (rule.verbs ?? []).map((verb): Right => ({ kind: 'path', path, verb })),
      ),
    ),
  ])

/** All single rights that a lesson's rules name, each once. */
export const rightsOfWanted = (rules: readonly WantedRule[]): readonly Right[] =>
  distinct(
    rules.flatMap((rule) =>
      'paths' in rule
        ? rule.paths.flatMap((path) => rule.verbs.map((verb): Right => ({ kind: 'path', path, verb })))
        : expand([rule.apiGroup ?? ''], rule.resources, rule.verbs, rule.names ?? []),
    ),
  )

const expand = (
  groups: readonly string[],
  resources: readonly string[],
  verbs: readonly string[],
  names: readonly string[],
): readonly Right[] =>
  groups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb): readonly Right[] =>
        names.length === 0
          ? [{ kind: 'resource', group, resource, verb }]
          : names.map((name) => ({ kind: 'resource', group, resource, verb, name })),
      ),
    ),
  )

const distinct = (rights: readonly Right[]): readonly Right[] => [
  ...new Map(rights.map((right) => [JSON.stringify(right, Object.keys(right).sort()), right])).values(),
]

/**
 * What every authenticated identity has by the API server's own bootstrap policy (system:basic-user,
 * system:discovery, system:public-info-viewer, and for ServiceAccounts system:service-account-issuer-discovery).
 * Written out rather than asked for: anything that somebody adds to these groups must show. With it, the one right that an
 * add-on of an earlier lesson leaves to everybody: to fetch the certificate of Sealed Secrets, which only seals.
 */
const BASELINE: readonly Right[] = rightsOfWanted([
  {
    apiGroup: 'authorization.k8s.io',
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
    verbs: ['create'],
  },
  { apiGroup: 'authentication.k8s.io', resources: ['selfsubjectreviews'], verbs: ['create'] },
  {
    verbs: ['get'],
    paths: [
      ...['/healthz', '/livez', '/readyz', '/version', '/version/'],
      ...['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*'],
      ...['/.well-known/openid-configuration', '/.well-known/openid-configuration/'],
      ...['/openid/v1/jwks', '/openid/v1/jwks/'],
    ],
  },
  { resources: ['services'], names: ['sealed-secrets-controller'], verbs: ['get'] },
  {
    resources: ['services/proxy'],
    names: ['http:sealed-secrets-controller:', 'http:sealed-secrets-controller:http'],
    verbs: ['get'],
  },
])

/** The rights that are more than what every authenticated identity has. */
export const beyondBaseline = (rights: readonly Right[]): readonly Right[] =>
  rights.filter((right) => !BASELINE.some((known) => covers(known, right)))

const one = (wide: string, narrow: string): boolean => wide === '*' || wide === narrow

// As RBAC matches resources: `*`, the same, or `*/sub` for the subresource of anything.
const resourceCovers = (wide: string, narrow: string): boolean =>
  one(wide, narrow) ||
  (wide.startsWith('*/') && narrow.includes('/') && narrow.slice(narrow.indexOf('/')) === wide.slice(1))

const pathCovers = (wide: string, narrow: string): boolean =>
  one(wide, narrow) || (wide.endsWith('*') && narrow.startsWith(wide.slice(0, -1)))

/** True when whoever has `wide` may do everything that `narrow` says. */
export const covers = (wide: Right, narrow: Right): boolean => {
  if (!one(wide.verb, narrow.verb)) return false
  if (wide.kind === 'path') return narrow.kind === 'path' && pathCovers(wide.path, narrow.path)
  if (narrow.kind === 'path') return false
  return (
    one(wide.group, narrow.group) &&
    resourceCovers(wide.resource, narrow.resource) &&
    (wide.name === undefined || wide.name === narrow.name)
  )
}

/** True when there is something that both rights allow. */
export const overlaps = (a: Right, b: Right): boolean => {
  const meets = (left: string, right: string): boolean => one(left, right) || one(right, left)
  if (!meets(a.verb, b.verb)) return false
  if (a.kind === 'path') return b.kind === 'path' && (pathCovers(a.path, b.path) || pathCovers(b.path, a.path))
  if (b.kind === 'path') return false
  return (
    meets(a.group, b.group) &&
    (resourceCovers(a.resource, b.resource) || resourceCovers(b.resource, a.resource)) &&
    (a.name === undefined || b.name === undefined || a.name === b.name)
  )
}

/** How a right is shown: `pods get`, `apps/deployments delete`, `* *`, `secrets "db" get`, `path /metrics get`. */
export const showRight = (right: Right): string => {
  if (right.kind === 'path') return `path ${right.path} ${right.verb}`
  const { group, resource, verb, name } = right
  const core = resource === '*' ? 'core/*' : resource
  const what = group === '' ? core : group === '*' && resource === '*' ? '*' : `${group}/${resource}`
  return name === undefined ? `${what} ${verb}` : `${what} "${name}" ${verb}`
}

/** Rights as a reader likes them: `pods get, list; secrets *`, sorted. */
export const showRights = (rights: readonly Right[]): string => {
  const byResource = new Map<string, string[]>()
  for (const right of rights) {
    const shown = showRight({ ...right, verb: '' }).trim()
    byResource.set(shown, [...(byResource.get(shown) ?? []), right.verb])
  }
  return [...byResource]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([resource, verbs]) => `${resource}: ${verbs.join(', ')}`)
    .join('; ')
}
