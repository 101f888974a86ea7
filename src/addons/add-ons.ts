import { messageOf, UnreachableError, UserError } from '../core/errors.ts'
import type { AddOnStatus, AddOns, Clock, Cluster, Tools } from '../core/ports.ts'
import type { AddOn, AddOnContext, Certify, Readiness, Release } from './add-on.ts'
import { addOnCatalogue, findAddOn } from './catalogue.ts'
import { createHostRunner } from './on-host.ts'
import { createNodeRunner } from './on-nodes.ts'
import { applyRelease } from './release-objects.ts'
import type { Runner, Work } from './runner.ts'

const READY_MS = 180_000
const POLL_MS = 250
/** What is stale after that many restarts will stay so. */
const MOST_RESTARTS = 2
/** An image that could not be pulled is tried again by the kubelet; a network that comes back is given this long. */
const TROUBLE_MS = 20_000

/** Some things only show once others are gone. */
const MOST_ROUNDS = 3

/** Takes everything out that is not its own; false when that cannot be done. */
const isEmptied = async (addOn: AddOn, context: AddOnContext): Promise<boolean> => {
  try {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const extras = (await addOn.extras?.(context)) ?? []
      if (extras.length === 0) return true
      if (extras.some(({ remove }) => remove === undefined)) return false
      // What failed is there at the next look, or was going by itself.
      await Promise.allSettled(extras.map(({ remove }) => remove?.()))
      context.signal?.throwIfAborted()
    }
    return false
  } catch (error) {
    if (error instanceof UnreachableError || error instanceof UserError) return false
    throw error
  }
}

/** The add-ons of the lab on one cluster, as processes or as Pods, whichever that cluster has. */
export const createAddOns = (options: {
  readonly cluster: Cluster
  readonly tools: Pick<Tools, 'ensure'>
  readonly clock: Clock
  /** LabPaths.cache. */
  readonly cache: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly certify: Certify
}): AddOns => {
  const { cluster, clock, cache, env } = options

  const runner = (): Runner => {
    if (cluster.nodes) return createNodeRunner({ ...options, nodes: cluster.nodes })
    if (cluster.processes) return createHostRunner({ ...options, processes: cluster.processes })
    throw new UserError({
      what: `The ${cluster.backend} backend has no way to run add-ons.`,
      next: 'See what this machine can run with `k8s-sec-lab doctor`.',
      exitCode: 3,
    })
  }
  const ask = async (addOn: AddOn, signal?: AbortSignal): Promise<Readiness> => {
    try {
      return await addOn.ready({ probe: await cluster.probe(), clock, ports: await runner().ports(addOn), signal })
    } catch (error) {
      if (error instanceof UnreachableError || error instanceof UserError) {
        return { kind: 'waiting', reason: messageOf(error) }
      }
      throw error
    }
  }
  const awaitReady = async (addOn: AddOn, signal?: AbortSignal): Promise<void> => {
    const begun = clock.now()
    let restarts = 0
    for (;;) {
      const answer = await ask(addOn, signal)
      if (answer.kind === 'ready') return
      if (answer.kind === 'stale' && restarts < MOST_RESTARTS) {
        restarts += 1
        await runner().restart(addOn, signal)
        continue
      }
      const trouble = await runner().trouble(addOn, signal)
      const waited = clock.now() - begun
      if (waited > READY_MS || (trouble !== undefined && waited > TROUBLE_MS)) {
        throw new UserError({
          what: `${addOn.title} did not become ready: ${trouble ?? answer.reason}`,
          next: 'Try again; if it stays so, make the cluster anew: k8s-sec-lab cluster down.',
          exitCode: 3,
        })
      }
      await clock.sleep(POLL_MS, signal)
    }
  }
  const whole = async (addOn: AddOn, work: Work): Promise<Release> => {
    const { signal } = work
    const probe = await cluster.probe()
    const release = await runner().offered(addOn, signal)
    await applyRelease(addOn, release, { probe, clock, cache, env, signal })
    await runner().install(addOn, work)
    await awaitReady(addOn, signal)
    await addOn.configure?.(await contextOf(addOn, signal))
    return release
  }

  const contextOf = async (addOn: AddOn, signal?: AbortSignal) => ({
    probe: await cluster.probe(),
    clock,
    ports: await runner().ports(addOn),
    ...(signal ? { signal } : {}),
  })
  const startAnew = async (addOn: AddOn, signal?: AbortSignal): Promise<void> => {
    await runner().restart(addOn, signal)
    await awaitReady(addOn, signal)
    await addOn.configure?.(await contextOf(addOn, signal))
  }
  /** False for one that does not run: what it kept in memory is gone. */
  const isRunning = async (addOn: AddOn, signal?: AbortSignal): Promise<boolean> =>
    (await runner().installed(addOn, signal)) !== undefined && (await runner().trouble(addOn, signal)) === undefined
  /** Of one that does not answer: what is left of it ends, and everything it needs is put in place again. */
  const repair = async (addOn: AddOn, signal?: AbortSignal): Promise<void> => {
    if (await runner().installed(addOn, signal)) await runner().stop(addOn, signal)
    await whole(addOn, { report: () => undefined, signal })
  }

  return {
    names: () => addOnCatalogue.map(({ name }) => name),
    ensure: async (names, work) => {
      for (const addOn of names.map(findAddOn)) {
        const step = { id: `add-on-${addOn.name}`, title: addOn.title } as const
        work.report({ ...step, state: 'running' })
        try {
          const { version } = await whole(addOn, work)
          work.report({ ...step, title: `${addOn.title} ${version}`, state: 'done' })
        } catch (error) {
          work.report({ ...step, state: 'failed' })
          throw error
        }
      }
    },
    status: async (name, { signal } = {}): Promise<AddOnStatus> => {
      const addOn = findAddOn(name)
      const release = await runner().installed(addOn, signal)
      const { version } = release ?? addOn
      const known = { name, title: addOn.title, version, forgets: addOn.life !== undefined }
      if (!release) return { ...known, state: 'absent' }
      const answer = await ask(addOn, signal)
      if (answer.kind === 'ready') return { ...known, state: 'ready' }
      if (answer.kind === 'stale') return { ...known, state: 'stale', reason: answer.reason }
      const trouble = await runner().trouble(addOn, signal)
      if (trouble !== undefined) return { ...known, state: 'broken', reason: trouble }
      return { ...known, state: 'starting', reason: answer.reason }
    },
    stop: (name, { signal } = {}) => runner().stop(findAddOn(name), signal),
    start: async (name, { signal } = {}) => {
      await whole(findAddOn(name), { report: () => undefined, signal })
    },
    restart: async (name, { signal } = {}) => {
      const addOn = findAddOn(name)
      const answers = (await isRunning(addOn, signal)) && (await ask(addOn, signal)).kind !== 'waiting'
      await (answers ? startAnew(addOn, signal) : repair(addOn, signal))
    },
    extras: async (names, { signal } = {}) => {
      const found = names.map(findAddOn).map(async (addOn) => {
        if (!addOn.extras || !(await isRunning(addOn, signal))) return []
        return (await addOn.extras(await contextOf(addOn, signal))).map(({ name }) => name)
      })
      return (await Promise.all(found)).flat()
    },
    putBack: async (names, { signal } = {}) => {
      for (const addOn of names.map(findAddOn)) {
        if (!addOn.extras || !(await isRunning(addOn, signal))) continue
        if (!(await isEmptied(addOn, await contextOf(addOn, signal)))) await startAnew(addOn, signal)
      }
    },
    lives: async (names, { signal } = {}) => {
      const known = names.map(findAddOn).map(async (addOn) => {
        if (!addOn.life) return []
        return [[addOn.name, await addOn.life(await contextOf(addOn, signal))] as const]
      })
      return Object.fromEntries((await Promise.all(known)).flat())
    },
  }
}
