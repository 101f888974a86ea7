import type { Services } from '../app/services.ts'
import { alone } from '../app/session.ts'
import type { AddOnStatus, Report } from '../core/ports.ts'
import { sentence } from '../text/spoken.ts'
import { clusterDown, clusterRestart, clusterStatus, clusterUp } from './cluster.ts'
import type { CommandContext } from './context.ts'
import type { ExitCode } from './io.ts'
import { stepLines } from './step-lines.ts'

/** The add-ons that lessons have brought into the cluster. */
const installed = async (services: Services, signal: AbortSignal): Promise<readonly AddOnStatus[]> => {
  const addOns = await services.addOns()
  const all = await Promise.all(addOns.names().map((name) => addOns.status(name, { signal })))
  return all.filter(({ state }) => state !== 'absent')
}

/** `cluster up|down|status|restart`: steps go to stderr, so that stdout is the answer alone. */
export const clusterCommand =
  (verb: 'up' | 'down' | 'status' | 'restart') =>
  async (context: CommandContext, flags: { json?: boolean }, args: readonly string[]): Promise<ExitCode> => {
    const { io, services } = context
    const report: Report = stepLines(io.err)
    const cluster = await services.cluster()
    const common = { cluster, write: io.out, signal: io.signal }
    const json = flags.json === true
    switch (verb) {
      case 'up': {
        const choice = await services.choice()
        io.err(`  ${sentence(choice.reason)}\n`)
        const up = () => clusterUp({ ...common, json, report })
        // What a lab that is open works with is not taken away from it.
        const code = choice.replaces ? await alone(services, up) : await up()
        // A cluster without the tool to talk to it would be of little use to whoever asked for the cluster alone.
        const tools = await services.tools()
        await tools.ensure(['kubectl'], { signal: io.signal, report })
        return code
      }
      case 'status':
        return clusterStatus({ ...common, json, addOns: () => installed(services, io.signal) })
      case 'restart': {
        const addOns = await services.addOns()
        const name = args[0] ?? ''
        if (!addOns.names().includes(name)) return clusterRestart({ ...common, component: name })
        await addOns.restart(name, { signal: io.signal })
        io.out(`${name}: ready again.\n`)
        return 0
      }
      case 'down': {
        const store = await services.store()
        const code = await clusterDown({ ...common, json, report })
        // What the attempt knows of is gone with the cluster; the learner's files and progress stay.
        await store.saveAttempt(undefined)
        return code
      }
    }
  }
