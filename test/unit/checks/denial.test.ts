import { expect, it } from 'vitest'
import { denialOf } from '../../../src/checks/denial.ts'

const reply = (status: number, message: string) => ({
  status,
  headers: {},
  warnings: [],
  text: '',
  json: { kind: 'Status', message },
})

it.each([
  ["pods \"a\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no", 'policy'],
  // Before any binding was looked at: it names a kind of parameter that there is not.
  ['pods "a" is forbidden: ValidatingAdmissionPolicy \'p\' denied request: failed to configure policy', 'policy'],
  ['Pod "a" is invalid: spec.containers: Required value', 'malformed'],
])('tells a policy from a wrong object: %s', (message, who) => {
  expect(denialOf(reply(422, message))).toBe(who)
})
