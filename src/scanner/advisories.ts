import type { Bucket } from './bolt-file.ts'

export const SEVERITIES = ['UNKNOWN', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const

/** What is known to be wrong with a package: one of clusters/advisories.yaml. */
export type Advisory = {
  readonly id: string
  /** As Trivy calls them: npm, pip, go … */
  readonly ecosystem: string
  readonly package: string
  /** Ranges, `>=1.0.0 <1.4.2`. */
  readonly vulnerable: readonly string[]
  /** `>=1.4.2`; none while nothing is fixed. */
  readonly patched: readonly string[]
  readonly severity: (typeof SEVERITIES)[number]
  readonly title: string
  readonly description: string
  /** YYYY-MM-DD */
  readonly published: string
}

const SOURCE = { ID: 'k8s-sec-lab', Name: 'Advisories of the lab, for packages of the lab' }

/**
 * Advisories as Trivy's database keeps them, schema 2 (aquasecurity/trivy-db, pkg/db and pkg/types): a bucket for each
 * ecosystem with one for each package, the details by id, and where all of it comes from.
 */
export const databaseOf = (advisories: readonly Advisory[]): Bucket => {
  const sourceOf = ({ ecosystem }: Advisory): string => `${ecosystem}::${SOURCE.Name}`
  const packages: Record<string, Record<string, Record<string, string>>> = {}
  for (const each of advisories) {
    const source = sourceOf(each)
    const value = JSON.stringify({ VulnerableVersions: each.vulnerable, PatchedVersions: each.patched })
    const known = packages[source] ?? {}
    packages[source] = { ...known, [each.package]: { ...known[each.package], [each.id]: value } }
  }
  const details = advisories.map((each) => {
    const published = `${each.published}T00:00:00Z`
    const severity = SEVERITIES.indexOf(each.severity)
    const value = {
      Title: each.title,
      Description: each.description,
      Severity: each.severity,
      VendorSeverity: { [SOURCE.ID]: severity },
      PublishedDate: published,
      LastModifiedDate: published,
    }
    return [each.id, JSON.stringify(value)] as const
  })
  return {
    ...packages,
    'data-source': Object.fromEntries(Object.keys(packages).map((name) => [name, JSON.stringify(SOURCE)])),
    vulnerability: Object.fromEntries(details),
  }
}
