import type { OptionValues } from 'commander'
import { UserError } from '../core/errors.ts'
import type { Report, StepReport, ToolStatus } from '../core/ports.ts'
import { isNews, stepLine } from '../text/cluster.ts'
import { columnsOf, wrap } from '../text/wrap.ts'
import { ADD_ON, NODE_IMAGE } from '../tools/catalogue/entry.ts'
import type { CommandContext } from './context.ts'
import { type ExitCode, type Io, wantsPlain } from './io.ts'

/** `tools`: the catalogue with what was found where; `--json` prints `{"tools":[…]}`. */
export const toolsList = async (context: CommandContext, options: OptionValues): Promise<ExitCode> => {
  const { io, services } = context
  const statuses = await (await services.tools()).list()
  const text = options.json
    ? JSON.stringify({ tools: statuses }, undefined, 2)
    : toolLines(statuses, io.columns()).join('\n')
  io.out(`${text}\n`)
  return 0
}

/**
 * `tools install NAME…`: gets the named tools; `needed` stands for all that this version of the lab uses, `node-image`
 * for what a node image is made of.
 */
export const toolsInstall = async (
  context: CommandContext,
  _options: OptionValues,
  args: readonly string[],
): Promise<ExitCode> => {
  const { io, options, services } = context
  const tools = await services.tools()
  const names = await wantedNames(args, () => tools.list())
  const progress = progressWriter(io, wantsPlain(io, options))
  let paths: Readonly<Record<string, string>>
  try {
    paths = await tools.ensure(names, { signal: io.signal, report: progress.report })
  } finally {
    progress.end()
  }
  for (const [name, path] of Object.entries(paths)) io.out(`${name}: ${path}\n`)
  return 0
}

/** Names that stand for several tools. */
const GROUPS: ReadonlyMap<string, (tool: ToolStatus) => boolean> = new Map([
  ['needed', (tool) => tool.neededBy.some((reason) => reason !== NODE_IMAGE && !reason.startsWith(ADD_ON))],
  ['node-image', (tool) => tool.neededBy.includes(NODE_IMAGE)],
])

const wantedNames = async (
  args: readonly string[],
  list: () => Promise<readonly ToolStatus[]>,
): Promise<readonly string[]> => {
  const groups = args.length > 0 ? args.filter((name) => GROUPS.has(name)) : ['needed']
  if (groups.length === 0) return args
  const all = await list()
  const members = groups.flatMap((group) => all.filter((tool) => GROUPS.get(group)?.(tool)).map((tool) => tool.name))
  const names = [...new Set([...args.filter((name) => !GROUPS.has(name)), ...members])]
  if (names.length > 0) return names
  throw new UserError({ what: 'No tool was named.', next: 'Name one: k8s-sec-lab tools lists them.' })
}

/** One block per tool: version and place, then where its checksum comes from, who needs it and how to get it. */
export const toolLines = (statuses: readonly ToolStatus[], width: number): readonly string[] => {
  const nameWidth = Math.max(...statuses.map((tool) => tool.name.length)) + 2
  return statuses.flatMap((tool) => {
    const first = tool.name.padEnd(nameWidth)
    const rest = ' '.repeat(nameWidth)
    const needed = tool.neededBy.length > 0 ? `needed by: ${tool.neededBy.join(', ')}` : 'not needed by this version'
    return [
      ...wrap(`${tool.version}  ${placeText(tool)}`, { width, first, rest }),
      ...wrap([needed, checksumText(tool)].filter(Boolean).join('; '), { width, first: rest }),
    ]
  })
}

const SOURCE_TEXT = {
  cache: 'in the cache',
  path: 'found on PATH',
  download: 'downloaded',
  build: 'built from Go modules',
} as const

const placeText = (tool: ToolStatus): string => {
  if (tool.found) return `${SOURCE_TEXT[tool.found.source]}: ${tool.found.version}, ${tool.found.path}`
  if (tool.unavailable) return `cannot be had: ${tool.unavailable}`
  const ways = tool.ways.map((way) => (way === 'download' ? 'downloaded' : SOURCE_TEXT.build))
  return `not here yet; can be ${ways.join(' or ')}`
}

/** How the download is, was or would be verified; nothing for a program that came another way. */
const checksumText = (tool: ToolStatus): string => {
  if (tool.found && tool.found.source !== 'download') return ''
  switch (tool.checksum) {
    case 'compiled-in':
      return 'checksum of the download: known to the lab'
    case 'publisher':
      return 'checksum of the download: from the publisher, recorded at first use'
    case 'recorded':
      return 'checksum of the download: from the publisher, recorded'
    case undefined:
      return ''
  }
}

const REDRAW_MS = 100

/** Progress: on a terminal one line that is redrawn, else a line for every step that is news. */
const progressWriter = (io: Io, plain: boolean): { readonly report: Report; readonly end: () => void } => {
  const known = new Map<string, StepReport>()
  const line = plain ? undefined : statusLine(io)
  return {
    report: (step) => {
      const before = known.get(step.id)
      known.set(step.id, step)
      if (line) {
        if (step.state === 'done' && before?.state !== 'done') line.keep(stepLine(step))
        else if (step.state === 'running') line.show(stepLine(step))
      } else if (isNews(before, step)) {
        io.err(`${stepLine(step)}\n`)
      }
    },
    end: () => line?.clear(),
  }
}

const statusLine = (io: Io) => {
  let drawn = 0
  const clear = () => io.err('\r\u001b[K')
  return {
    show: (text: string) => {
      const now = Date.now()
      if (now - drawn < REDRAW_MS) return
      drawn = now
      const width = io.columns() - 1
      clear()
      io.err(columnsOf(text) > width ? `${text.slice(0, width - 1)}…` : text)
    },
    keep: (text: string) => {
      clear()
      io.err(`${text}\n`)
    },
    clear,
  }
}
