import { isDeepStrictEqual } from 'node:util'
import { parse } from 'yaml'
import type { ControlPlaneFile, FileOutcome, Probe } from '../../core/ports.ts'
import { reloadNote, yamlMistake } from '../control-plane-files.ts'
import { parseStaticPod } from '../static-pod.ts'
import { isStaticPod, NODE, type StaticPodName } from './layout.ts'
import { readNodeFile, writeNodeFile } from './node-files.ts'
import { type Awaited, containersNow, endContainers, kubeletOutcome, podOutcome } from './outcome.ts'

/** Writes a control-plane file on the node and waits for what becomes of it. */
export const writeControlPlaneFile = async (
  job: Awaited,
  file: ControlPlaneFile,
  text: string,
): Promise<FileOutcome> => {
  const { engine, node, signal } = job
  const before = await readNodeFile(engine, node, file.path, { signal })
  if (before?.text === text) return { kind: 'unchanged' }
  if (file.component === 'kubelet') {
    await writeNodeFile(engine, node, { path: file.path, text }, { signal })
    return kubeletOutcome(job)
  }
  const { component } = file
  if (isStaticPod(component) && file.path === NODE.manifest(component)) {
    return writeManifest(job, { component, path: file.path, text, before: before?.text })
  }
  await writeNodeFile(engine, node, { path: file.path, text }, { signal })
  const mistake = yamlMistake(file, text)
  if (mistake !== undefined) return { kind: 'rejected', error: mistake }
  if (file.takesEffect === 'restart' && isStaticPod(component)) return restartPod(job, component)
  return { kind: 'reloading', note: reloadNote(file.name) }
}

/**
 * A manifest that is no Pod is not written at all: the kubelet stops a static Pod whose file it cannot read, so the old
 * server would be gone with nothing in its place.
 */
const writeManifest = async (
  job: Awaited,
  file: {
    readonly component: StaticPodName
    readonly path: string
    readonly text: string
    readonly before: string | undefined
  },
): Promise<FileOutcome> => {
  const { engine, node, signal, probe } = job
  const { component, path, text } = file
  const parsed = parseStaticPod(text, component)
  const refusal = parsed.kind === 'rejected' ? parsed.error : await refusalOf(probe, text)
  if (refusal !== undefined) {
    return {
      kind: 'rejected',
      error: `${refusal} The file was not saved; ${component} keeps running with the one before.`,
    }
  }
  const containers = await containersNow(job, component)
  await writeNodeFile(engine, node, { path, text }, { signal })
  // The kubelet knows a static Pod by what it says, not by how it is written: nothing happens for a comment.
  if (isSamePod(file.before, text) && containers.length > 0) return { kind: 'applied', seconds: 0 }
  return podOutcome(job, component, { before: containers, samePod: false })
}

/** Why the API server would not have such a Pod, in its own words; the kubelet checks the same things, and is silent. */
const refusalOf = async (probe: Probe, text: string): Promise<string | undefined> => {
  const pod = parse(text) as { metadata?: { name?: string; namespace?: string } }
  const body = { ...pod, metadata: { ...pod.metadata, namespace: 'kube-system', name: `${pod.metadata?.name}-tried` } }
  const path = '/api/v1/namespaces/kube-system/pods?dryRun=All&fieldValidation=Ignore'
  // An API server that is down or has other reasons cannot judge: then the kubelet is let to.
  const reply = await probe.api({ method: 'POST', path, body }).catch(() => undefined)
  if (reply?.status !== 422 && reply?.status !== 400) return undefined
  const message = (reply.json as { message?: string } | undefined)?.message ?? `HTTP ${reply.status}`
  return `The manifest is not a valid Pod: ${message.replace(/^Pod "[^"]*" is invalid: /, '').replace(/\.$/, '')}.`
}

const isSamePod = (before: string | undefined, text: string): boolean => {
  try {
    return before !== undefined && isDeepStrictEqual(parse(before), parse(text))
  } catch {
    return false
  }
}

/** Ends the container; the kubelet starts the next one from the same manifest. */
export const restartPod = async (job: Awaited, name: StaticPodName): Promise<FileOutcome> => {
  const before = await containersNow(job, name)
  await endContainers(job, before)
  return podOutcome(job, name, { before, samePod: true })
}
