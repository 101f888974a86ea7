import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UserError } from '../core/errors.ts'
import { MODULES } from '../core/model.ts'
import { loadLessons } from './lint.ts'

const todo = (what: string): string => `<<to write: ${what}>>`

const lessonYaml = (id: string, namespace: string): string => `format: 1
id: ${id}
title: "${todo('a few words that name the end state')}"
summary: "${todo('one sentence for the list')}"
layer: identity # workload | control-plane | infrastructure | identity | supply-chain | secrets
minutes: 10
needs: { capabilities: [api], tools: [kubectl] }
kubernetes: ">=1.34.0 <1.38.0"
references:
  docs:
    - { title: Using RBAC Authorization, url: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/" }
nonces: { sa: { kind: name, prefix: probe- } }
tasks:
  - id: fix
    title: "${todo('what the learner is to do')}"
    checks:
      - id: closed
        title: "${todo('the state that must hold')}"
        kind: rules
        why: "${todo('why it matters, in a sentence or two')}"
        with:
          as: { serviceAccount: ${namespace}/bot }
          namespaces: [${namespace}]
          equals: [{ resources: [configmaps], verbs: [get] }]
      - id: works
        title: "${todo('the legitimate use that must go on')}"
        kind: request
        after: closed
        why: "${todo('who needs it')}"
        with:
          as: { serviceAccount: ${namespace}/bot }
          requests: [{ path: /api/v1/namespaces/${namespace}/configmaps/app, status: 200 }]
hints:
  - "${todo('where to look')}"
  - "${todo('which mechanism')}"
  - "${todo('the shape, with blanks')}"
quiz:
  - question: "${todo('a question whose answer follows from what was just seen')}"
    options:
      - { text: "${todo('right')}", correct: true, reason: "${todo('why it is right')}" }
      - { text: "${todo('wrong')}", reason: "${todo('why it is wrong')}" }
`

const lessonMd = `${todo('a scene: who runs what, and what goes wrong. See the hole with one command and its output. Why it is so. The task, every required name in it. 250 to 600 words.')}

## Debrief

${todo('what was stopped, where it bites in production, how real clusters do it, what this does not protect against. 120 to 300 words.')}
`

const attackYaml = (namespace: string): string => `steps:
  - id: break
    title: "${todo('what the attacker does')}"
    role: attack
    kind: request
    with:
      as: { serviceAccount: ${namespace}/bot }
      requests: [{ method: DELETE, path: "/api/v1/namespaces/${namespace}/configmaps/app?dryRun=All", status: 200 }]
  - id: use
    title: "${todo('what must go on working')}"
    role: legitimate
    kind: request
    with:
      as: { serviceAccount: ${namespace}/bot }
      requests: [{ path: /api/v1/namespaces/${namespace}/configmaps/app, status: 200 }]
`

const seedYaml = (namespace: string): string => `apiVersion: v1
kind: Namespace
metadata: { name: ${namespace} }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: bot, namespace: ${namespace} }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: app, namespace: ${namespace} }
data: { colour: blue }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: bot-edit, namespace: ${namespace} }
subjects: [{ kind: ServiceAccount, name: bot, namespace: ${namespace} }]
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit }
`

const files = (id: string, slug: string): Readonly<Record<string, string>> => ({
  'lesson.yaml': lessonYaml(id, slug),
  'lesson.md': lessonMd,
  'attack.yaml': attackYaml(slug),
  [`seed/10-${slug}.yaml`]: seedYaml(slug),
  'solution.sh': `# ${todo('the commands that the text teaches')}\n`,
  ...Object.fromEntries(
    ['first', 'second', 'third'].flatMap((name) => [
      [`wrong/${name}/wrong.sh`, `# ${todo('a turn that a beginner may take')}\n`],
      [`wrong/${name}/expect.yaml`, `check: closed\ncontains: ["${todo('words of the message')}"]\n`],
    ]),
  ),
})

const nextId = async (dir: string): Promise<string> => {
  const ids = (await loadLessons(dir)).map(({ documents }) => {
    const id = (documents.lesson.value as { readonly id?: unknown } | undefined)?.id
    return Number(/^L(\d\d)$/.exec(String(id))?.[1] ?? -1)
  })
  const free = Array.from({ length: 100 }, (_, index) => index).find((index) => index > Math.max(-1, ...ids))
  if (free !== undefined) return `L${String(free).padStart(2, '0')}`
  throw new UserError({ what: 'Every id up to L99 is taken.', next: 'Write the lesson in a folder of its own.' })
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/**
 * Makes the folder of a new lesson, with every file of the format in its smallest valid form, and lists it at the end
 * of index.yaml. Lint then names each place that is still to be written. Answers the new id and the files.
 */
export const scaffoldLesson = async (options: {
  readonly dir: string
  /** module/slug */
  readonly name: string
}): Promise<{ readonly id: string; readonly folder: string; readonly files: readonly string[] }> => {
  const { dir, name } = options
  const [module, slug, more] = name.split('/')
  const known = MODULES.map((each) => each.id as string)
  if (!module || !slug || more !== undefined || !known.includes(module) || !/^[a-z][a-z0-9-]*$/.test(slug)) {
    throw new UserError({
      what: `${JSON.stringify(name)} cannot be the name of a lesson.`,
      next: `Give module/slug, like ${known[1]}/my-lesson. Modules: ${known.join(', ')}.`,
    })
  }
  const folder = join(dir, module, slug)
  if (await exists(folder)) {
    throw new UserError({ what: `${folder} exists already.`, next: 'Choose another name, or edit what is there.' })
  }
  const id = await nextId(dir)
  const made = files(id, slug)
  for (const [path, text] of Object.entries(made)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  const index = join(dir, 'index.yaml')
  const before = (await exists(index)) ? await readFile(index, 'utf8') : 'lessons:\n'
  const flow = /^lessons: \[(.*)\]\s*$/m
  const line = `  - ${module}/${slug}\n`
  const after = flow.test(before)
    ? before.replace(flow, (_, listed: string) => {
        const names = [...listed.split(',').map((each) => each.trim()), `${module}/${slug}`].filter(Boolean)
        return `lessons: [${names.join(', ')}]\n`
      })
    : `${before.trimEnd()}\n${line}`
  await writeFile(index, after)
  return { id, folder, files: Object.keys(made) }
}
