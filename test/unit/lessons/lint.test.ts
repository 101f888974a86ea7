import { describe, expect, it } from 'vitest'
import { lintLessons } from '../../../src/lessons/lint.ts'
import { mistakeLine } from '../../../src/lessons/mistake.ts'
import { type Changes, lessonsFolder } from './fixture-lesson.ts'

const lint = async (changes: Changes): Promise<readonly string[]> => {
  const dir = await lessonsFolder(changes)
  const { mistakes } = await lintLessons({
    dirs: [dir],
    catalogue: { tools: ['kubectl'], images: ['busybox'], onlyInContainers: ['kyverno'] },
  })
  return mistakes.map((mistake) => mistakeLine(mistake).replace('authorization/one-job/', ''))
}
const swap = (from: string, to: string) => (text: string) => {
  if (!text.includes(from)) throw new Error(`the fixture has no ${from}`)
  return text.replace(from, to)
}

describe('lint', () => {
  it('has nothing to say about a lesson without a mistake', async () => {
    expect(await lint({})).toEqual([])
  })

  it('reports mistakes of several files at once, each with its place', async () => {
    const found = await lint({
      'lesson.yaml': (text) =>
        text.replace('layer: identity', 'layer: identities').replace('minutes: 5', 'minutes: soon\ncolour: red'),
      'attack.yaml': swap('role: legitimate', 'role: friendly'),
      'seed/10-demo.yaml': swap(
        'kind: ConfigMap\nmetadata: { name: app, namespace: demo }',
        'kind: ConfigMap\nmetadata: { name: app }',
      ),
    })
    expect(found).toEqual([
      'attack.yaml:11:11 error: steps[1].role: expected "attack" or "legitimate", found "friendly"',
      expect.stringMatching(/^lesson.yaml:5:8 error: layer: expected "workload" or .*found "identities"$/),
      'lesson.yaml:6:10 error: minutes: expected a number, found "soon"',
      'lesson.yaml:7:1 error: colour: unknown key',
      'seed/10-demo.yaml:11:11 error: ConfigMap app: expected metadata.namespace',
    ])
  })

  it('says where a YAML file cannot be read', async () => {
    const found = await lint({ 'lesson.yaml': swap('summary: Cut', 'summary: "Cut') })
    expect(found.length).toBeGreaterThan(0)
    expect(found[0]).toMatch(/^lesson.yaml:\d+:\d+ error: /)
  })

  it('takes images for the registry, their digests, and the address of it', async () => {
    const images = `
  - { repository: shop/((vars.password))-web.v1, tags: ["1.0", a_b], layers: [{ a: "1", etc/x/..y: "2" }], capture: old }
  - { repository: tools, layers: [{ node_modules/@a/b/package.json: "{}" }], labels: { team: shop } }`
    const found = await lint({
      'lesson.yaml': (text) =>
        `${text.replace('tools: [kubectl]', 'tools: [kubectl], addons: [registry]')}registry:${images}\n`,
      'lesson.md': (text) => `((lab.registry)) ((captured.old)) ${text}`,
    })
    expect(found).toEqual([])
  })

  it.each<[string, Changes, RegExp]>([
    [
      'images for a registry that the lesson does not need',
      { 'lesson.yaml': (text) => `${text}registry: [{ repository: a, layers: [{ a: b }] }]\n` },
      /^lesson.yaml:\d+:\d+ error: registry: expected needs.addons to name registry$/,
    ],
    [
      'an add-on that needs containers, in a lesson that does not',
      { 'lesson.yaml': swap('tools: [kubectl]', 'tools: [kubectl], addons: [kyverno]') },
      /^lesson.yaml:\d+:\d+ error: needs.capabilities: expected nodes, since the add-on kyverno runs only in containers$/,
    ],
    ...['/etc/x', 'a/../b', './a', 'a//b', 'a/', 'a b', '..'].map((path): [string, Changes, RegExp] => [
      `the path ${path} in an image`,
      {
        'lesson.yaml': (text) =>
          `${text.replace('tools: [kubectl]', 'tools: [kubectl], addons: [registry]')}registry: [{ repository: a, layers: [{ "${path}": b }] }]\n`,
      },
      /^lesson.yaml:\d+:\d+ error: registry.*expected a path in the image/,
    ]),
    [
      'a repository that no registry takes',
      {
        'lesson.yaml': (text) =>
          `${text.replace('tools: [kubectl]', 'tools: [kubectl], addons: [registry]')}registry: [{ repository: Shop/, layers: [{ a: b }] }]\n`,
      },
      /^lesson.yaml:\d+:\d+ error: registry\[0\].repository: expected a repository like shop\/web/,
    ],
    [
      'a tag that is a number',
      {
        'lesson.yaml': (text) =>
          `${text.replace('tools: [kubectl]', 'tools: [kubectl], addons: [registry]')}registry: [{ repository: a, tags: [1.0], layers: [{ a: b }] }]\n`,
      },
      /^lesson.yaml:\d+:\d+ error: registry\[0\].tags\[0\]: expected/,
    ],
    [
      'an unknown variable',
      { 'seed/10-demo.yaml': swap('vars.password', 'vars.pasword') },
      /^seed\/10-demo.yaml:12:19 error: \(\(vars.pasword\)\) is not defined: expected one of password$/,
    ],
    [
      'a misspelt namespace',
      { 'lesson.md': (text) => `((var.password)) ${text}` },
      /^lesson.md:1:1 error: .*expected \(\(vars.x\)\)/,
    ],
    [
      'a nonce in the text',
      { 'lesson.md': (text) => `((nonce.sa)) ${text}` },
      /^lesson.md:1:1 error: .*only inside checks/,
    ],
    [
      'a nonce in a hint',
      { 'lesson.yaml': swap('Which binding', '((nonce.sa)) Which binding') },
      /^lesson.yaml:32:5 error: .*only inside checks/,
    ],
    [
      'a captured value in the seed',
      { 'seed/10-demo.yaml': swap('vars.password', 'captured.x') },
      /captured values are made after/,
    ],
    [
      'a placeholder in a script',
      { 'solution.sh': (text) => `${text}echo ((vars.password))\n` },
      /^solution.sh:4:6 error: .*expected \$LAB_VAR_NAME$/,
    ],
    [
      'an unknown variable in a script',
      { 'solution.sh': (text) => `${text}echo $LAB_VAR_PASS\n` },
      /LAB_VAR_PASS is not defined: expected one of LAB_VAR_PASSWORD/,
    ],
    [
      'an unknown image',
      { 'seed/10-demo.yaml': swap('vars.password', 'image.busibox') },
      /^seed\/10-demo.yaml:12:19 error: \(\(image.busibox\)\) is not defined: expected one of busybox$/,
    ],
    [
      'a placeholder of an image in a script',
      { 'solution.sh': (text) => `${text}echo ((image.busybox)) $LAB_IMAGE_BUSYBOX $LAB_IMAGE_BUSYBOKS\n` },
      /^solution.sh:4:6 error: .*expected \$LAB_IMAGE_BUSYBOX$/,
    ],
    [
      'an unknown image in a script',
      { 'solution.sh': (text) => `${text}echo $LAB_IMAGE_BUSYBOX $LAB_IMAGE_BUSYBOKS\n` },
      /^solution.sh:4:26 error: .LAB_IMAGE_BUSYBOKS is not defined: expected one of LAB_VAR_PASSWORD, LAB_IMAGE_BUSYBOX$/,
    ],
    [
      'a prerequisite that does not exist',
      { 'lesson.yaml': swap('minutes: 5', 'minutes: 5\nprerequisites: [L77]') },
      /^lesson.yaml:7:17 error: prerequisites: there is no lesson L77$/,
    ],
    [
      'an unknown tool',
      { 'lesson.yaml': swap('tools: [kubectl]', 'tools: [kubctl]') },
      /^lesson.yaml:7:39 error: needs.tools: unknown kubctl/,
    ],
    [
      'a version that is no range',
      { 'lesson.yaml': swap('>=1.34.0 <1.38.0', 'newest') },
      /kubernetes: expected a version range/,
    ],
    ['a check id used twice', { 'lesson.yaml': swap('id: works', 'id: exact') }, /check id exact is used twice/],
    [
      'after that names nothing',
      { 'lesson.yaml': swap('after: exact', 'after: exakt') },
      /^lesson.yaml:26:16 error: after: no check exakt/,
    ],
    ['two hints', { 'lesson.yaml': swap('  - Which binding names the bot?\n', '') }, /hints: expected exactly 3 hints/],
    [
      'no correct option',
      { 'lesson.yaml': swap('correct: true, ', '') },
      /exactly one option with correct: true, found 0/,
    ],
    [
      'an option without a reason',
      { 'lesson.yaml': swap(', reason: Rules only add.', '') },
      /quiz\[0\].options\[1\].reason: missing: expected text/,
    ],
    [
      'a drawing that is wider than its pane',
      { 'lesson.md': (text) => `\`\`\`\n a ${'─'.repeat(70)}▶ b\n\`\`\`\n\n${text}` },
      /^lesson.md:2:1 warning: this line of a drawing has 76 columns, and is cut after 70/,
    ],
    ['no debrief', { 'lesson.md': swap('## Debrief', '') }, /expected a heading `## Debrief`/],
    [
      'a short text',
      { 'lesson.md': (text) => text.replace(/^(?:\S+\s){180}/, '') },
      /^lesson.md:1:1 error: the text has 120 words of prose: expected 250 to 600$/,
    ],
    [
      'a long text',
      { 'lesson.md': (text) => `${'more '.repeat(350)}${text}` },
      /^lesson.md:1:1 warning: the text has 650 words/,
    ],
    [
      'two wrong turns',
      { 'wrong/view/wrong.sh': undefined, 'wrong/view/expect.yaml': undefined },
      /at least 3 wrong turns in wrong\/, found 2/,
    ],
    [
      'a wrong turn for no check',
      { 'wrong/view/expect.yaml': 'check: exactly\ncontains: [x]\n' },
      /no check exactly in this lesson/,
    ],
    [
      'a wrong turn without a script',
      { 'wrong/view/wrong.sh': undefined },
      /^wrong\/view\/wrong.sh:1:1 error: missing file/,
    ],
    [
      'a hint that is the solution',
      {
        'lesson.yaml': swap(
          'A role can hold one verb on one resource.',
          'Try `kubectl create role settings -n demo --verb=get --resource=configmaps`.',
        ),
      },
      /hint 2 gives the solution away, both have: kubectl create role/,
    ],
    [
      'given without a nonce',
      {
        'lesson.yaml': swap(
          'after: exact',
          'after: exact\n        given: [{ apiVersion: v1, kind: Secret, metadata: { name: x, namespace: demo } }]',
        ),
      },
      /expected a \(\(nonce.x\)\) in metadata.name/,
    ],
    [
      'an id that is taken',
      {
        'index.yaml': 'lessons: [authorization/one-job, authorization/two]\n',
        'authorization/two/lesson.yaml': 'format: 1\nid: L90\n',
      },
      /id L90 is used by authorization\/one-job too/,
    ],
    [
      'a lesson missing in the index',
      { 'index.yaml': 'lessons: []\n' },
      /^index.yaml:1:10 error: lesson authorization\/one-job is not listed$/,
    ],
    [
      'an index entry without a lesson',
      { 'index.yaml': 'lessons: [authorization/one-job, hosts/none]\n' },
      /^index.yaml:1:34 error: there is no lesson hosts\/none$/,
    ],
    [
      'a namespace nobody makes',
      { 'seed/10-demo.yaml': swap('name: bot, namespace: demo', 'name: bot, namespace: dmeo') },
      /namespace dmeo is neither in the seed/,
    ],
    [
      'the same object twice',
      { 'seed/20-more.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: demo }\n' },
      /Namespace demo is in the seed twice/,
    ],
    [
      'control-plane files without the capability',
      { 'seed/control-plane/encryption.yaml': 'a: b\n' },
      /expected the capability control-plane-files/,
    ],
    [
      'a control-plane file that no cluster has',
      { 'seed/control-plane/kubelet.yaml': 'a: b\n' },
      /^seed\/control-plane\/kubelet.yaml:1:1 error: there is no control-plane file kubelet.yaml: expected one of kube-/,
    ],
    [
      'a whole configuration of the kubelet',
      { 'seed/control-plane/kubelet-config.yaml': 'a: b\n' },
      /^seed\/control-plane\/kubelet-config.yaml:1:1 error: it differs from cluster to cluster/,
    ],
    [
      'a patch beside the whole file',
      { 'seed/control-plane/encryption.yaml': 'a: b\n', 'seed/control-plane/encryption.patch.yaml': 'a: c\n' },
      /^seed\/control-plane\/encryption.patch.yaml:1:1 error: encryption.yaml is in the seed as well/,
    ],
    [
      'a patch that is no map',
      { 'seed/control-plane/kubelet-config.patch.yaml': '- a\n' },
      /^seed\/control-plane\/kubelet-config.patch.yaml:1:1 error: expected one map/,
    ],
    [
      'a patch of the kubelet without the capability',
      { 'seed/control-plane/kubelet-config.patch.yaml': 'authentication: { anonymous: { enabled: true } }\n' },
      /^lesson.yaml:7:24 error: .*kubelet-config.patch.yaml is used: expected the capability nodes$/,
    ],
    [
      'files for nodes without the capability',
      { 'seed/node/etc/demo/x.json': '{}' },
      /^lesson.yaml:7:24 error: seed\/node\/ is used: expected the capability nodes$/,
    ],
    [
      'placeholders of files for nodes',
      { 'seed/node/etc/demo/x.json': '{ "a": "((vars.pasword))" }' },
      /^seed\/node\/etc\/demo\/x.json:1:9 error: \(\(vars.pasword\)\) is not defined/,
    ],
    [
      'node-files without the capability',
      { 'lesson.yaml': swap('minutes: 5', 'minutes: 5\nnode-files: [/var/lib/kubelet/seccomp]') },
      /^lesson.yaml:7:1 error: node-files is used: expected the capability nodes$/,
    ],
    [
      'node-files that are the node itself',
      { 'lesson.yaml': swap('minutes: 5', 'minutes: 5\nnode-files: [/var/lib/kubelet]') },
      /^lesson.yaml:7:14 error: node-files\[0\]: expected a file or folder of the lesson alone.*found "\/var\/lib\/kubelet"$/,
    ],
    [
      'node-files that lead elsewhere',
      { 'lesson.yaml': swap('minutes: 5', 'minutes: 5\nnode-files: [/etc/x/../kubernetes]') },
      /^lesson.yaml:7:14 error: node-files\[0\]: expected an absolute path on the node/,
    ],
    ['a stray file', { 'notes.md': 'x' }, /^notes.md:1:1 warning: no part of the lesson format/],
    [
      'a duration that is none',
      { 'lesson.yaml': swap('after: exact', 'settle: soon') },
      /settle: expected a duration like .*found "soon"/,
    ],
    [
      'only denials',
      { 'lesson.yaml': (text) => text.replace('equals:', 'excludes:').replace('status: 200', 'status: 403') },
      /every check is content with an absence/,
    ],
  ])('finds %s', async (_, changes, expected) => {
    expect((await lint(changes)).join('\n')).toMatch(new RegExp(expected.source, 'm'))
  })

  it('has nothing to say about files for nodes in their places', async () => {
    const changes: Changes = {
      'lesson.yaml': (text) =>
        text
          .replace('capabilities: [api]', 'capabilities: [api, nodes]')
          .replace('minutes: 5', 'minutes: 5\nnode-files: [/var/lib/kubelet/seccomp/profiles, /etc/demo.conf]'),
      'seed/control-plane/kubelet-config.patch.yaml': 'readOnlyPort: 10255\nauthentication: null\n',
      'seed/node/etc/demo/x.json': '{ "password": "((vars.password))", "image": "((image.busybox))" }',
    }
    expect(await lint(changes)).toEqual([])
  })

  it('narrows the report to the lessons asked for', async () => {
    const dir = await lessonsFolder({ 'index.yaml': 'lessons: []\n', 'authorization/two/lesson.yaml': 'format: 2\n' })
    expect(await lintLessons({ dirs: [dir], only: ['l90'] })).toEqual({
      mistakes: [],
      lessons: ['authorization/one-job'],
    })
  })
})
