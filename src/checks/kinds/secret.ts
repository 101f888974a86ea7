import { list, read } from '../../core/api/objects.ts'
import type { Finding, Json } from '../../core/model.ts'
import type { CheckContext, Workspace } from '../../core/ports.ts'
import { ofObject } from '../awaited.ts'
import { text, workspacePath, z } from '../fields.ts'
import { finding, listed } from '../findings.ts'
import { gitHistory } from '../git-history.ts'
import { matchesGlob } from '../glob.ts'
import { defineKind, type WatchHint } from '../kind.ts'
import { leakingPaths, leakNeedles, leaks } from '../leak.ts'
import { isThrowAway } from '../throw-away.ts'

const schema = z
  .strictObject({
    equals: z.strictObject({ namespace: text, name: text, key: text, value: text }).optional(),
    absent: z
      .strictObject({
        value: text,
        objects: z.array(
          z.strictObject({
            apiVersion: text,
            kind: text,
            namespace: text.optional(),
            /** Names of those that may hold it. */
            except: z.array(text).min(1).optional(),
          }),
        ),
        files: z.array(workspacePath).optional(),
        git: workspacePath.optional(),
      })
      .optional(),
  })
  .refine((fields) => fields.equals ?? fields.absent, 'expected equals or absent')
type Fields = z.infer<typeof schema>

const expected = (fields: Fields): string => {
  const { equals, absent } = fields
  const places = [
    ...(absent?.objects ?? []).map(
      ({ kind, namespace, except = [] }) =>
        `${kind}s${namespace === undefined ? '' : ` in ${namespace}`}${except.length === 0 ? '' : ` but ${listed(except)}`}`,
    ),
    ...(absent?.files ?? []),
    ...(absent?.git === undefined ? [] : [`the Git history of ${absent.git}`]),
  ]
  return [
    equals ? `Secret ${equals.namespace}/${equals.name} holds the exact value under ${equals.key}` : '',
    absent ? `the value appears nowhere in ${listed(places)}` : '',
  ]
    .filter((part) => part !== '')
    .join(', and ')
}

const PROBLEMS = {
  missing: 'it does not exist',
  'missing-key': 'it has no such key',
  newline: 'the value has a line end too many',
  'double-base64': 'the value is base64 of the value: it was encoded twice',
  different: 'the value is another one',
  '': 'the value is right',
} as const
type Problem = keyof typeof PROBLEMS

const compare = (held: Buffer, wanted: string): Problem => {
  if (held.equals(Buffer.from(wanted, 'utf8'))) return ''
  const shown = held.toString('utf8')
  if (shown.trimEnd() === wanted.trimEnd()) return 'newline'
  const decoded = Buffer.from(shown.trim(), 'base64').toString('utf8')
  return decoded.trimEnd() === wanted ? 'double-base64' : 'different'
}

const problemOf = async (wanted: NonNullable<Fields['equals']>, { probe, signal }: CheckContext): Promise<Problem> => {
  const { namespace, name, key, value } = wanted
  const secret = await read(probe, { apiVersion: 'v1', kind: 'Secret', namespace, name }, { signal })
  if (!secret) return 'missing'
  const encoded = (secret.data as Record<string, string> | undefined)?.[key]
  return encoded === undefined ? 'missing-key' : compare(Buffer.from(encoded, 'base64'), value)
}

/** Objects of a repository that show it: `history of git, blob 1a2b3c4`. `git show 1a2b3c4` prints one. */
const historyPlaces = async (
  folder: string,
  needles: readonly string[],
  workspace: Workspace,
): Promise<readonly string[]> =>
  [...(await gitHistory(workspace, folder))]
    .filter(([, { type, data }]) => type !== 'tree' && leaks(data.toString('utf8'), needles))
    .map(([id, { type }]) => `history of ${folder}, ${type} ${id.slice(0, 7)}`)

/** Everything that shows the value: `configmap/app data.password`, `file notes.txt`. */
const placesOf = async (
  absent: NonNullable<Fields['absent']>,
  { probe, workspace, signal }: CheckContext,
): Promise<readonly string[]> => {
  const needles = leakNeedles(absent.value)
  const inObjects = await Promise.all(
    absent.objects.map(async (type) =>
      (await list(probe, type, { signal }))
        .filter((object) => !isThrowAway(object) && !type.except?.includes(object.metadata?.name ?? ''))
        .flatMap((object) => {
          const where =
            type.namespace === undefined && object.metadata?.namespace ? `${object.metadata.namespace}/` : ''
          return leakingPaths(object as unknown as Json, needles).map(
            (path) => `${type.kind.toLowerCase()}/${where}${object.metadata?.name ?? ''} ${path}`,
          )
        }),
    ),
  )
  const globs = absent.files ?? []
  const paths =
    globs.length === 0 ? [] : (await workspace.list()).filter((path) => globs.some((glob) => matchesGlob(path, glob)))
  const inFiles = await Promise.all(
    paths.map(async (path) => {
      const bytes = await workspace.read(path)
      return bytes !== undefined && leaks(Buffer.from(bytes).toString('utf8'), needles) ? [`file ${path}`] : []
    }),
  )
  const inHistory = absent.git === undefined ? [] : await historyPlaces(absent.git, needles, workspace)
  return [...inObjects, ...inFiles, inHistory].flat()
}

const run = async (fields: Fields, context: CheckContext): Promise<Finding> => {
  const { equals, absent } = fields
  const [problem, places] = await Promise.all([
    equals ? problemOf(equals, context) : ('' as Problem),
    absent ? placesOf(absent, context) : [],
  ])
  const wrong = [
    ...(problem === ''
      ? []
      : [`Secret ${equals?.namespace}/${equals?.name}, key ${equals?.key}: ${PROBLEMS[problem]}`]),
    ...(places.length === 0 ? [] : [`the value can still be read in ${listed(places)}`]),
  ]
  const right = [equals ? PROBLEMS[''] : '', absent ? 'it appears nowhere else' : ''].filter((part) => part !== '')
  return finding({
    met: wrong.length === 0,
    expected: expected(fields),
    found: wrong.length === 0 ? right.join(', and ') : wrong.join('; '),
    summary: wrong.length === 0 ? 'as expected' : problem === '' ? 'visible' : problem,
    data: { exists: equals !== undefined && problem !== 'missing', problem, places: [...places] },
  })
}

/** A Secret's decoded value, and the places where it must not be. */
export const secret = defineKind<Fields>({
  kind: 'secret',
  schema,
  lagMs: 0,
  watches: (fields): readonly WatchHint[] => [
    ...(fields.equals
      ? [{ kind: 'objects' as const, apiVersion: 'v1', object: 'Secret', namespace: fields.equals.namespace }]
      : []),
    ...(fields.absent?.objects ?? []).map(({ apiVersion, kind, namespace }) => ({
      kind: 'objects' as const,
      apiVersion,
      object: kind,
      namespace,
    })),
    ...(fields.absent?.files ?? []).map((path) => ({ kind: 'file' as const, path })),
    ...(fields.absent?.git === undefined ? [] : [{ kind: 'file' as const, path: `${fields.absent.git}/.git/**` }]),
  ],
  run,
  expected,
  // A value that can still be read somewhere is nobody's unfinished work.
  awaits: (_fields, finding) =>
    finding.kind !== 'unknown' && finding.data.problem !== '' ? ofObject({ apiVersion: 'v1', kind: 'Secret' }) : [],
  reproduce: ({ equals, absent }) => {
    if (equals) {
      const { namespace, name, key } = equals
      return `kubectl get secret ${name} -n ${namespace} -o jsonpath='{.data.${key.replaceAll('.', '\\.')}}' | base64 -d | od -c`
    }
    const [first] = absent?.objects ?? []
    if (!first && absent?.files)
      return `grep -r password ${absent.files.map((path) => path.replace(/\/\*.*$/, '')).join(' ')}`
    return first
      ? `kubectl get ${first.kind.toLowerCase()}${first.namespace ? ` -n ${first.namespace}` : ' -A'} -o yaml`
      : undefined
  },
})
