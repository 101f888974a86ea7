import { describe, expect, it } from 'vitest'
import { scanReport } from '../../../src/checks/scan-reports.ts'

const trivy = {
  SchemaVersion: 2,
  ArtifactName: '.',
  Results: [
    { Target: 'package-lock.json', Vulnerabilities: [{ VulnerabilityID: 'LAB-1' }, { VulnerabilityID: 'LAB-1' }] },
    { Target: 'Dockerfile', Misconfigurations: [{ ID: 'DS002', AVDID: 'AVD-DS-0002' }] },
    { Target: 'app.env', Secrets: [{ RuleID: 'github-pat' }] },
    { Target: 'clean' },
  ],
}
const sarif = { version: '2.1.0', runs: [{ results: [{ ruleId: 'LAB-1' }, { rule: { id: 'LAB-2' } }] }, {}] }
// Fields as the stand-alone scanner writes them into its result file.
const neuvector = {
  report: {
    image_id: 'sha256:1',
    registry: '',
    repository: 'ledger',
    tag: '1.4.0',
    base_os: 'alpine:3.20',
    vulnerabilities: [
      {
        name: 'LAB-1',
        score: 9.8,
        severity: 'High',
        package_name: 'ledger-format',
        package_version: '2.3.0',
        fixed_version: '2.4.1',
        link: '',
      },
    ],
  },
  error_message: '',
}

describe('reports of scanners', () => {
  it.each([
    ['trivy', trivy, ['LAB-1', 'DS002', 'AVD-DS-0002', 'github-pat']],
    ['sarif', sarif, ['LAB-1', 'LAB-2']],
    ['neuvector', neuvector, ['LAB-1']],
  ])('reads %s', (format, report, ids) => {
    expect(scanReport(JSON.stringify(report))).toEqual({ format, ids })
  })

  it('takes an empty report for one', () => {
    expect(scanReport(JSON.stringify({ SchemaVersion: 2, ArtifactName: '.' }))?.ids).toEqual([])
    expect(scanReport(JSON.stringify({ report: { vulnerabilities: [] } }))?.ids).toEqual([])
  })

  it.each(['', 'LAB-1 HIGH', '[]', '"LAB-1"', '{"LAB-1": true}', '{"runs": "none"}', '{"report": {}}', 'null'])(
    'is not taken in by %j',
    (text) => expect(scanReport(text)).toBeUndefined(),
  )
})
