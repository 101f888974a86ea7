import { pullManifest } from '../../core/api/registry.ts'
import { UnreachableError } from '../../core/errors.ts'
import type { Finding } from '../../core/model.ts'
import type { CheckContext } from '../../core/ports.ts'
import { text, z } from '../fields.ts'
import { finding, listed, unknown } from '../findings.ts'
import { defineKind } from '../kind.ts'

const schema = z.strictObject({
  manifests: z
    .array(
      z.strictObject({
        repository: text,
        /** A tag, or a digest. */
        reference: text,
        stored: z.boolean(),
        /** The digest that a tag has to lead to. */
        is: text.optional(),
      }),
    )
    .min(1),
})
type Fields = z.infer<typeof schema>
type Wanted = Fields['manifests'][number]

const short = (digest: string): string => digest.slice(0, 'sha256:'.length + 12)

const nameOf = ({ repository, reference }: Wanted): string =>
  reference.includes(':') ? `${repository}@${short(reference)}` : `${repository}:${reference}`

const expectedOf = (wanted: Wanted): string => {
  const name = nameOf(wanted)
  if (!wanted.stored) return `${name} cannot be pulled`
  return wanted.is === undefined ? `${name} can be pulled` : `${name} is ${short(wanted.is)}`
}

const expected = ({ manifests }: Fields): string => listed(manifests.map(expectedOf))

const run = async (fields: Fields, { probe, signal }: CheckContext): Promise<Finding> => {
  const looked = await Promise.all(
    fields.manifests.map(async (wanted) => ({ wanted, ...(await pullManifest(probe, wanted, { signal })) })),
  ).catch((error: unknown) => {
    if (error instanceof UnreachableError && error.component === 'registry') return undefined
    throw error
  })
  if (looked === undefined) return unknown('the registry does not answer: k8s-sec-lab cluster restart registry')
  const problems = looked.flatMap(({ wanted, status, digest }) => {
    const name = nameOf(wanted)
    const there = status === 200
    if (there !== wanted.stored) {
      return [
        { name, problem: there ? 'stored' : 'gone', found: `${name} ${there ? 'can still be pulled' : 'is gone'}` },
      ]
    }
    const differs = wanted.is !== undefined && digest !== wanted.is
    return differs ? [{ name, problem: 'other-digest', found: `${name} is ${short(digest)}` }] : []
  })
  const of = (problem: string) => problems.filter((each) => each.problem === problem).map(({ name }) => name)
  return finding({
    met: problems.length === 0,
    expected: expected(fields),
    found: problems.length === 0 ? 'it is so' : listed(problems.map(({ found }) => found)),
    summary: problems.length === 0 ? 'as expected' : (problems[0]?.problem.replaceAll('-', ' ') ?? ''),
    data: { stored: of('stored'), gone: of('gone'), other: of('other-digest') },
  })
}

/** What the add-on registry gives for tags and digests, and what no longer. */
export const registryManifest = defineKind<Fields>({
  kind: 'registry-manifest',
  schema,
  lagMs: 0,
  watches: () => [{ kind: 'poll' }],
  run,
  expected,
  awaits: (_fields, finding) => (finding.kind === 'unknown' ? ['registry'] : []),
  reproduce: ({ manifests }, { lab }) => {
    const [first] = manifests
    if (first === undefined) return undefined
    // Without the type, the registry answers 404 for an image that is there.
    const url = `http://${lab.registry ?? 'REGISTRY'}/v2/${first.repository}/manifests/${first.reference}`
    return `curl -sI -H 'Accept: application/vnd.oci.image.manifest.v1+json' ${url}`
  },
})
