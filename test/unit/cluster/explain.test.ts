import { describe, expect, it } from 'vitest'
import { fileToEdit, withRemedy } from '../../../src/cluster/explain.ts'

const REFUSED =
  'error while parsing file: resources[0].providers[0].secretbox.keys[0].secret: Invalid value: "REDACTED": secret is not of the expected length'
const KEY_GONE =
  'unable to transform key "/registry/secrets/a/b": no matching key was found for the provided Secretbox transformer'

describe('the file to put right', () => {
  it.each([
    ['open /etc/kubernetes/config/audit-policy.yaml: no such file', 'audit-policy.yaml'],
    [REFUSED, 'encryption.yaml'],
    [
      'error while parsing file: [resources[0].providers: Required value, resources: Required value]',
      'encryption.yaml',
    ],
    [KEY_GONE, 'encryption.yaml'],
    ['unknown flag: --bogus', 'kube-apiserver.yaml'],
  ])('for %s', (lastError, file) => {
    expect(fileToEdit({ name: 'kube-apiserver', lastError })).toBe(file)
  })

  it('follows words that are about one of the files, and no others', () => {
    expect(withRemedy(KEY_GONE)).toBe(`${KEY_GONE}. Put it right with \`k8s-sec-lab edit encryption.yaml\`.`)
    expect(withRemedy('unknown flag')).toBe('unknown flag')
  })
})
