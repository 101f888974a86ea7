/** Reads the reports of scanners: what they found, by id. */

export type ScanReport = {
  readonly format: 'trivy' | 'sarif' | 'neuvector'
  /** Of vulnerabilities, misconfigurations and secrets, without doubles. */
  readonly ids: readonly string[]
}

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const items = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : [])
const names = (list: readonly unknown[]): readonly string[] => [
  ...new Set(list.filter((each): each is string => typeof each === 'string' && each !== '')),
]

/** `trivy … --format json`: aquasecurity/trivy, pkg/types/report.go. */
const trivy = (report: Fields): ScanReport | undefined => {
  if (typeof report.SchemaVersion !== 'number' || !('ArtifactName' in report)) return undefined
  const results = items(report.Results)
  const ids = results.flatMap((result) => [
    ...items(result.Vulnerabilities).map(({ VulnerabilityID }) => VulnerabilityID),
    ...items(result.Misconfigurations).flatMap(({ ID, AVDID }) => [ID, AVDID]),
    ...items(result.Secrets).map(({ RuleID }) => RuleID),
  ])
  return { format: 'trivy', ids: names(ids) }
}

/** SARIF 2.1.0, §3.27.5: each result names its rule. */
const sarif = (report: Fields): ScanReport | undefined => {
  if (!Array.isArray(report.runs) || typeof report.version !== 'string') return undefined
  const ids = items(report.runs).flatMap(({ results }) =>
    items(results).map(({ ruleId, rule }) => ruleId ?? (isFields(rule) ? rule.id : undefined)),
  )
  return { format: 'sarif', ids: names(ids) }
}

/** The stand-alone scanner of NeuVector: neuvector/neuvector, controller/api/apis.go, RESTScanRepoReport. */
const neuvector = (parsed: Fields): ScanReport | undefined => {
  const { report } = parsed
  if (!isFields(report) || !Array.isArray(report.vulnerabilities)) return undefined
  return { format: 'neuvector', ids: names(items(report.vulnerabilities).map(({ name }) => name)) }
}

/** What a report says; undefined for a text that is none of these formats. */
export const scanReport = (text: string): ScanReport | undefined => {
  try {
    const parsed: unknown = JSON.parse(text)
    return isFields(parsed) ? (trivy(parsed) ?? sarif(parsed) ?? neuvector(parsed)) : undefined
  } catch {
    return undefined
  }
}
