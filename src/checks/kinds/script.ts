import type { Finding } from '../../core/model.ts'
import type { CheckContext, ScriptRun } from '../../core/ports.ts'
import { text, workspacePath, z } from '../fields.ts'
import { cut, finding, listed, quoted } from '../findings.ts'
import { defineKind } from '../kind.ts'
import { type PushedImage, withImages } from '../pushed-images.ts'

const texts = z.union([text, z.array(text).min(1)])

const pushed = z.strictObject({
  repository: text,
  tags: z.array(text).min(1),
  layers: z.array(z.record(workspacePath, z.string())).min(1),
  /** A file that has to name the digest. */
  'reported-in': workspacePath.optional(),
})

const scriptCase = z.strictObject({
  title: text,
  /** Images that are in the add-on registry while it runs. */
  push: z.array(pushed).min(1).optional(),
  /** Files put over the learner's own, before it starts. */
  write: z.record(workspacePath, z.string()).optional(),
  remove: z.array(workspacePath).min(1).optional(),
  env: z.record(text, z.string()).optional(),
  code: z.union([z.int().min(0), z.literal('nonzero'), z.literal('any')]).optional(),
  prints: texts.optional(),
  lacks: texts.optional(),
  /** What it has to leave in a file. */
  leaves: z.record(workspacePath, texts).optional(),
})
type Case = z.infer<typeof scriptCase>

const watched = z.strictObject({ apiVersion: text, kind: text, namespace: text.optional() })

const schema = z
  .strictObject({
    folder: workspacePath,
    run: workspacePath.optional(),
    command: z.array(text).min(1).optional(),
    /** Programs that it has to call; of a list, one. */
    calls: z
      .array(z.union([text, z.array(text).min(2)]))
      .min(1)
      .optional(),
    timeout: z.int().min(1).max(120).optional(),
    /** Objects that it reads: a change of one is graded at once. */
    watches: z.array(watched).min(1).optional(),
    cases: z.array(scriptCase).min(1),
  })
  .refine((fields) => (fields.run === undefined) !== (fields.command === undefined), 'expected run or command')
type Fields = z.infer<typeof schema>

const PATIENCE_S = 60
/** Scripts run a few at a time: so long may those of the other checks take. */
const QUEUE_S = 120
/** Nothing that a lesson's folder holds is larger; a learner may have put more into it. */
const MOST_FILES = 500
const MOST_BYTES = 20_000_000

type Problem = '' | 'missing' | 'timeout' | 'code' | 'not-called' | 'lacks' | 'prints' | 'file'
type Judged = {
  readonly title: string
  readonly problem: Problem
  readonly found: string
  readonly code: number
  readonly output: string
}

const all = (wanted: string | readonly string[] | undefined): readonly string[] =>
  wanted === undefined ? [] : typeof wanted === 'string' ? [wanted] : wanted

const nameOf = ({ run, command }: Fields): string => run ?? (command ?? []).join(' ')

const wants = ({ code = 0 }: Case): string =>
  code === 'any' ? 'runs' : code === 'nonzero' ? 'fails' : code === 0 ? 'passes' : `ends with ${code}`

const expected = (fields: Fields): string =>
  `${nameOf(fields)} ${listed(fields.cases.map((each) => `${wants(each)} (${each.title})`))}`

type File = { readonly path: string; readonly content: Uint8Array | string; readonly mode?: number }

/** The learner's folder as it is now; undefined when it is too large to be copied. */
const filesOf = async ({ folder }: Fields, { workspace }: CheckContext): Promise<readonly File[] | undefined> => {
  const prefix = folder === '.' ? '' : `${folder}/`
  const paths = (await workspace.list()).filter((path) => path.startsWith(prefix))
  if (paths.length > MOST_FILES) return undefined
  const files: File[] = []
  let bytes = 0
  for (const path of paths) {
    const [content, stat] = await Promise.all([workspace.read(path), workspace.stat(path)])
    if (content === undefined) continue
    bytes += content.length
    if (bytes > MOST_BYTES) return undefined
    files.push({ path: path.slice(prefix.length), content, mode: (stat?.mode ?? 0o644) & 0o777 })
  }
  return files
}

/** The folder as one case has it. */
const withChanges = (files: readonly File[], { write = {}, remove = [] }: Case): readonly File[] => [
  ...files.filter(
    ({ path }) => !(path in write) && !remove.some((gone) => path === gone || path.startsWith(`${gone}/`)),
  ),
  ...Object.entries(write).map(([path, content]) => ({ path, content })),
]

const codeFits = ({ code = 0 }: Case, found: number): boolean =>
  code === 'any' || (code === 'nonzero' ? found !== 0 : found === code)

const judge = async (fields: Fields, each: Case, run: ScriptRun, images: readonly PushedImage[]): Promise<Judged> => {
  const { title } = each
  const { code, output } = run
  const say = (problem: Problem, found: string): Judged => ({
    title,
    problem,
    found: `${title}: ${found}`,
    code,
    output,
  })
  if (code === -1) return say('timeout', `it did not end within ${fields.timeout ?? PATIENCE_S} s`)
  const uncalled = (fields.calls ?? []).filter((tool) => !run.calls.some((call) => all(tool).includes(call.tool)))
  if (!codeFits(each, code)) return say('code', `it ended with exit code ${code}`)
  if (uncalled.length > 0)
    return say('not-called', `it did not call ${listed(uncalled.map((tool) => all(tool).join(' or ')))}`)
  const unsaid = all(each.prints).filter((part) => !output.includes(part))
  if (unsaid.length > 0) return say('lacks', `it does not print ${listed(unsaid)}`)
  const said = all(each.lacks).filter((part) => output.includes(part))
  if (said.length > 0) return say('prints', `it prints ${listed(said)}`)
  for (const [path, parts] of Object.entries(each.leaves ?? {})) {
    const content = await run.read(path)
    if (content === undefined) return say('file', `it leaves no file ${path}`)
    const absent = all(parts).filter((part) => !content.includes(part))
    if (absent.length > 0) return say('file', `${path} does not name ${listed(absent)}`)
  }
  for (const { digest, 'reported-in': path } of images) {
    if (path === undefined) continue
    const content = await run.read(path)
    if (content === undefined) return say('file', `it leaves no file ${path}`)
    if (!content.includes(digest))
      return say('file', `${path} does not name the digest of the image that was just pushed`)
  }
  return say('', code === 0 ? 'it passes' : `it ends with exit code ${code}`)
}

const look = async (fields: Fields, context: CheckContext): Promise<Finding> => {
  const { scripts, signal } = context
  const conclude = (judged: readonly Judged[]): Finding => {
    const wrong = judged.filter(({ problem }) => problem !== '')
    const shown = wrong[0] ?? judged[0]
    return finding({
      met: wrong.length === 0,
      expected: expected(fields),
      found: wrong.length === 0 ? 'it does' : listed(wrong.map(({ found }) => found)),
      summary:
        shown && !['', 'code'].includes(shown.problem)
          ? shown.problem.replaceAll('-', ' ')
          : `exit code ${shown?.code}`,
      data: {
        problem: shown?.problem ?? '',
        wrong: wrong.map(({ title }) => title),
        code: shown?.code ?? 0,
        output: cut(shown?.output ?? '', 2000),
      },
    })
  }
  const nothing = (found: string): Finding => conclude([{ title: '', problem: 'missing', found, code: 0, output: '' }])
  const files = await filesOf(fields, context)
  if (files === undefined) return nothing(`${fields.folder} holds too much to be copied`)
  const { run } = fields
  if (run !== undefined && !files.some(({ path }) => path === run)) {
    return nothing(`there is no file ${fields.folder === '.' ? '' : `${fields.folder}/`}${run}`)
  }
  const argv = run === undefined ? (fields.command ?? []) : ['bash', run]
  const judged: Judged[] = []
  for (const each of fields.cases) {
    const options = {
      files: withChanges(files, each),
      argv,
      timeoutMs: (fields.timeout ?? PATIENCE_S) * 1000,
      signal,
      ...(each.env ? { env: each.env } : {}),
      ...(fields.calls ? { record: fields.calls.flatMap(all) } : {}),
    }
    const one = (images: readonly PushedImage[]): Promise<Judged> =>
      scripts.run(options, (result) => judge(fields, each, result, images))
    judged.push(await withImages(context, each.push ?? [], one))
  }
  return conclude(judged)
}

/** What a script of the learner does, in copies of its folder: with these files it has to pass, with those to fail. */
export const script = defineKind<Fields>({
  kind: 'script',
  schema,
  lagMs: 0,
  heavy: true,
  deadlineMs: (fields) => (QUEUE_S + fields.cases.length * (fields.timeout ?? PATIENCE_S)) * 1000,
  watches: ({ folder, watches = [] }) => [
    { kind: 'file', path: folder === '.' ? '**' : `${folder}/**` },
    ...watches.map(({ apiVersion, kind, namespace }) => ({
      kind: 'objects' as const,
      apiVersion,
      object: kind,
      namespace,
    })),
  ],
  run: look,
  expected,
  reproduce: ({ folder, run, command = [] }) =>
    `${folder === '.' ? '' : `cd ${folder} && `}${(run === undefined ? command : ['bash', run]).map(quoted).join(' ')}; echo "exit code $?"`,
})
