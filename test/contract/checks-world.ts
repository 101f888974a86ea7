/** What the contract tests of checks and grader share: the real cluster, a folder, and checks written as in a lesson. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkKind } from '../../src/checks/registry.ts'
import { apply, type Manifest, refOf, remove } from '../../src/core/api/objects.ts'
import { isOk, statusMessage } from '../../src/core/api/reply.ts'
import type { CheckSpec, Finding, Json } from '../../src/core/model.ts'
import type { Clock, Probe, Workspace } from '../../src/core/ports.ts'
import { gradeCheck } from '../../src/grader/grade-check.ts'
import type { World } from '../../src/grader/world.ts'
import { createWorkspace } from '../../src/seeding/workspace.ts'
import { createScripts } from '../../src/tools/scripts.ts'

export const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }, ms)
      const stop = (): void => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', stop, { once: true })
    }),
}

/** A workspace in a temporary folder. */
export const folderWorkspace = (): Workspace & { readonly remove: () => void } => {
  const root = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-workspace-'))
  return { ...createWorkspace({ root }), remove: () => rmSync(root, { recursive: true, force: true }) }
}

export const worldOf = (probe: Probe, workspace: Workspace, extra: Partial<World> = {}): World => ({
  probe,
  workspace,
  scripts: createScripts({ env: async () => process.env as Record<string, string> }),
  clock,
  capabilities: ['api', 'etcd', 'control-plane-files'],
  bindings: { vars: {}, captured: {}, lab: { server: probe.server }, image: {} },
  ...extra,
})

let count = 0

/** A check as the loader would make it. The fields are held to the kind's schema. */
export const check = (kind: string, fields: { [key: string]: unknown }, more: Partial<CheckSpec> = {}): CheckSpec => {
  const parsed = checkKind(kind)?.schema.safeParse(fields)
  if (!parsed?.success) throw new Error(`the test's ${kind} check is wrong: ${parsed?.error?.message}`)
  count += 1
  return {
    id: `check-${count}`,
    title: `Check ${count}`,
    kind,
    with: fields as { [key: string]: Json },
    mode: 'level',
    why: 'Because.',
    settleMs: 0,
    holdMs: 0,
    given: [],
    say: [],
    needs: [],
    ...more,
  }
}

/** What a kind finds, through the grader's own path. */
export const find = async (
  world: World,
  kind: string,
  fields: { [key: string]: unknown },
  more: Partial<CheckSpec> = {},
): Promise<Finding> => {
  const spec = check(kind, fields, more)
  const nonces = { ns: { kind: 'name', prefix: 'probe-' }, name: { kind: 'name', prefix: 'thing-' } } as const
  return (await gradeCheck({ lesson: { nonces }, spec, world, signal: new AbortController().signal })).finding
}

/** The data of a finding that is met or not; fails the test for "could not check". */
export const factsOf = (finding: Finding): Extract<Finding, { kind: 'met' | 'unmet' }> => {
  if (finding.kind === 'unknown') throw new Error(`could not check: ${finding.reason}`)
  return finding
}

/** Applies objects, and removes them in reverse with the function it returns. */
export const put = async (probe: Probe, ...manifests: readonly Manifest[]): Promise<() => Promise<void>> => {
  for (const manifest of manifests) {
    const reply = await apply(probe, manifest)
    if (!isOk(reply)) throw new Error(`${manifest.kind} ${manifest.metadata?.name}: ${statusMessage(reply)}`)
  }
  return async () => {
    for (const manifest of [...manifests].reverse()) await remove(probe, refOf(manifest), { graceSeconds: 0 })
  }
}

/** Resolves with the finding as soon as it is of that kind; the last one otherwise, after the API server's caches had time. */
export const eventually = async (look: () => Promise<Finding>, kind: Finding['kind'], ms = 8000): Promise<Finding> => {
  const end = Date.now() + ms
  for (;;) {
    const finding = await look()
    if (finding.kind === kind || Date.now() > end) return finding
    await clock.sleep(100)
  }
}

export const namespace = (name: string, labels: Record<string, string> = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
})

export const role = (name: string, ns: string, rules: readonly unknown[]): Manifest => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name, namespace: ns },
  rules,
})

export const bind = (name: string, ns: string, roleRef: string, subject: { [key: string]: string }): Manifest => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name, namespace: ns },
  roleRef: {
    apiGroup: 'rbac.authorization.k8s.io',
    kind: roleRef.startsWith('cluster:') ? 'ClusterRole' : 'Role',
    name: roleRef.replace('cluster:', ''),
  },
  subjects: [subject],
})

export const pod = (
  name: string,
  ns: string,
  image = 'registry.lab.local/app:1',
  spec: { [key: string]: unknown } = {},
): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: ns },
  spec: { containers: [{ name: 'main', image }], ...spec },
})
