import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../core/errors.ts'
import type { HostProcesses } from '../core/ports.ts'
import { pythonPackages, readRequirements } from '../tools/python.ts'
import type { AddOn } from './add-on.ts'
import { hostService, reportHostPod } from './host-service.ts'
import { applyAll, manifestsOf, ownFolder } from './objects.ts'
import type { Runner, RunnerOptions, Work } from './runner.ts'

/** Ends in a row that are no accident of starting up. */
const HOPELESS_RESTARTS = 3

/** What an add-on is as a process. Throws UserError for one that is none. */
const asProcess = ({ embedded, title }: AddOn): NonNullable<AddOn['embedded']> => {
  if (embedded) return embedded
  throw new UserError({
    what: `${title} runs only in containers, which the embedded backend has not got.`,
    next: 'Start with --backend kind for this lesson.',
    exitCode: 3,
  })
}

/** Add-ons as processes of this machine, under the supervisor of the embedded cluster. */
export const createHostRunner = (options: RunnerOptions & { readonly processes: HostProcesses }): Runner => {
  const { cluster, tools, clock, processes, certify, cache, env } = options
  const pythonOf = async (addOn: AddOn, work: Work) => {
    const { python } = asProcess(addOn)
    if (python === undefined) return undefined
    const packages = await readRequirements(addOn.title, join(ownFolder(addOn), python))
    return pythonPackages(packages, { cache, env, ...work })
  }
  const portsOfOthers = async (addOn: AddOn) => {
    const pairs = Object.entries(asProcess(addOn).calls ?? {}).map(
      async ([name, ports]) => [name, await processes.ports(name, ports)] as const,
    )
    return Object.fromEntries(await Promise.all(pairs))
  }
  const runner: Runner = {
    offered: async (addOn) => addOn,
    install: async (addOn, { report, signal }) => {
      const { name } = addOn
      const embedded = asProcess(addOn)
      const paths = await tools.ensure(embedded.tools, { report, signal })
      const python = await pythonOf(addOn, { report, signal })
      const probe = await cluster.probe()
      const ports = await processes.ports(name, embedded.ports)
      const values = (await addOn.values?.({ probe, signal, certify })) ?? {}
      const objects = [
        ...(await manifestsOf(addOn, 'embedded', { port: ports, value: values })),
        ...hostService(addOn, { address: processes.address, ports }),
      ]
      await applyAll(addOn, objects, { probe, clock, signal })
      await reportHostPod(addOn, { address: processes.address, probe, signal })
      const place = {
        tools: paths,
        ports,
        python,
        ownFiles: ownFolder(addOn),
        others: await portsOfOthers(addOn),
        folder: await processes.folder(name),
        accountFolder: processes.accountFolder(name),
        server: probe.server,
        ca: probe.ca,
        values,
      }
      await processes.start({ name, ...(await embedded.process(place)) }, { signal })
    },
    installed: async (addOn) => {
      const { state, lastError } = await processes.status(addOn.name)
      return state !== 'absent' || lastError !== undefined ? addOn : undefined
    },
    trouble: async ({ name }) => {
      const { state, lastError, restarts } = await processes.status(name)
      if (state === 'absent') return lastError
      return state === 'backoff' && restarts >= HOPELESS_RESTARTS ? lastError : undefined
    },
    ports: (addOn: AddOn) => processes.ports(addOn.name, asProcess(addOn).ports),
    stop: ({ name }, signal) => processes.stop(name, { signal }),
    restart: async (addOn, signal) => {
      const { name } = addOn
      const { scratch } = asProcess(addOn)
      if (scratch === undefined) return processes.restart(name, { signal })
      await processes.stop(name, { signal })
      await rm(join(await processes.folder(name), scratch), { recursive: true, force: true })
      await runner.install(addOn, { report: () => undefined, signal })
    },
  }
  return runner
}
