/** The coverage page: which lesson teaches what, by the lists that people look things up in. */
import { backendsFor } from '../core/availability.ts'
import { moduleTitle } from '../core/course.ts'
import type { Layer, Lesson } from '../core/model.ts'

const LAYERS: readonly (readonly [Layer, string])[] = [
  ['workload', 'Workload'],
  ['control-plane', 'Control plane'],
  ['infrastructure', 'Infrastructure and hosts'],
  ['identity', 'Identity and authorization'],
  ['supply-chain', 'Supply chain'],
  ['secrets', 'Secrets'],
]

/** Domains of the exam, as cncf/curriculum lists them for v1.34; the last one waits for its lessons. */
const CKS = [
  'Cluster setup',
  'Cluster hardening',
  'System hardening',
  'Minimize microservice vulnerabilities',
  'Supply chain security',
  'Monitoring, logging and runtime security',
] as const

/** OWASP Kubernetes Top Ten, 2025: www-project-kubernetes-top-ten, 2025/en/src. */
const OWASP: Readonly<Record<string, string>> = {
  K01: 'Insecure workload configurations',
  K02: 'Overly permissive authorization configurations',
  K03: 'Secrets management failures',
  K04: 'Lack of cluster level policy enforcement',
  K05: 'Missing network segmentation controls',
  K06: 'Overly exposed Kubernetes components',
  K07: 'Misconfigured and vulnerable cluster components',
  K08: 'Cluster to cloud lateral movement',
  K09: 'Broken authentication mechanisms',
  K10: 'Inadequate logging and monitoring',
}

type Row = readonly string[]

const table = (head: Row, rows: readonly Row[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

const link = ({ id, module, slug }: Lesson): string => `[${id}](${module}/${slug}/lesson.md)`

const links = (lessons: readonly Lesson[]): string => (lessons.length === 0 ? 'none yet' : lessons.map(link).join(', '))

/** 5.2.10 comes after 5.2.9. */
const bySection = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true })

/** The page, in Markdown, for the lessons in course order. */
export const coveragePage = (lessons: readonly Lesson[]): string => {
  const having = (has: (lesson: Lesson) => boolean): string => links(lessons.filter(has))
  const sections = [...new Set(lessons.flatMap(({ references }) => references.cis))].sort(bySection)
  const backends = (lesson: Lesson): string => backendsFor(lesson).join(', ')
  const parts: readonly (readonly [string, string])[] = [
    [
      'Lessons',
      table(
        ['Lesson', 'Title', 'Module', 'Minutes', 'Backends', 'Add-ons'],
        lessons.map((each) => [
          link(each),
          each.title,
          moduleTitle(each.module),
          String(each.minutes),
          backends(each),
          each.needs.addons.join(', '),
        ]),
      ),
    ],
    [
      'Layers',
      table(
        ['Layer', 'Lessons'],
        LAYERS.map(([id, title]) => [title, having(({ layer }) => layer === id)]),
      ),
    ],
    [
      'Certified Kubernetes Security Specialist',
      table(
        ['Domain', 'Lessons'],
        CKS.map((domain) => [domain, having(({ references }) => references.cks.includes(domain))]),
      ),
    ],
    [
      'OWASP Kubernetes Top Ten (2025)',
      table(
        ['Risk', 'Lessons'],
        Object.entries(OWASP).map(([id, title]) => [
          `${id} ${title}`,
          having(({ references }) => references.owasp.includes(id)),
        ]),
      ),
    ],
    [
      'CIS Kubernetes Benchmark',
      table(
        ['Section', 'Lessons'],
        sections.map((id) => [id, having(({ references }) => references.cis.includes(id))]),
      ),
    ],
  ]
  return [
    '# What the lessons cover',
    'Made from the `references` of each lesson.yaml; `k8s-sec-lab lessons coverage` prints it anew.',
    ...parts.flatMap(([title, text]) => [`## ${title}`, text]),
  ]
    .join('\n\n')
    .concat('\n')
}
