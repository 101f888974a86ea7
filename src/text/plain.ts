/**
 * The plain skin: linear, never redrawn, words instead of colours. For screen readers, pipes and dumb terminals.
 * `lines` are what the person types; without them the skin ends by itself once the lesson stands there, graded.
 */
import type { Lab, LabState } from '../core/state.ts'
import { HELP, readCommand } from './commands.ts'
import { checklistLines, lessonLines, openQuestion, questionLines } from './lesson.ts'
import { listLines } from './list.ts'
import { heard, narrate } from './narrate.ts'
import { checkLine, verdictDetail } from './verdict.ts'
import { wrap } from './wrap.ts'

export type PlainInput = {
  /** The next line typed; undefined at the end of the input. */
  readonly next: () => Promise<string | undefined>
  /** Lets go of the terminal while another program has it. */
  readonly suspend: () => void
  readonly resume: () => void
  readonly close: () => void
}

export type PlainOptions = {
  readonly lab: Lab
  readonly write: (text: string) => void
  readonly width: () => number
  readonly input?: PlainInput
  /** Lines come from a pipe: each waits until what the one before it set going has come to rest. */
  readonly patient?: boolean
  readonly signal: AbortSignal
}

/** How it ended: left by the person, or (without input) settled with the lesson ready or not. */
export type PlainEnd = 'left' | 'ready' | 'failed'

export const runPlain = async (options: PlainOptions): Promise<PlainEnd> => {
  const { lab, write, width, input, signal } = options
  const say = (lines: readonly string[]): void => {
    if (lines.length > 0) write(`${lines.join('\n')}\n`)
  }
  let told: LabState | undefined
  let prompted = false
  /** While another program has the terminal, news waits. */
  let silent = false
  const tell = (): void => {
    if (silent) return
    const now = lab.state()
    const lines = narrate(told, now, { width: width(), typing: input !== undefined })
    told = heard(told, now)
    if (lines.length === 0) return
    say([...(prompted ? [''] : []), ...lines])
    if (prompted) write(PROMPT)
  }

  const ended = new Promise<PlainEnd>((resolve) => {
    const look = (): void => {
      tell()
      const state = lab.state()
      if (state.closing) resolve('left')
      const settled = input === undefined ? settledAs(state) : undefined
      if (settled) resolve(settled)
    }
    lab.subscribe(look)
    signal.addEventListener('abort', () => leave(lab), { once: true })
    look()
  })
  if (!input) return ended

  const typing = async (): Promise<PlainEnd> => {
    for (;;) {
      if (!options.patient && !prompted) {
        prompted = true
        write(PROMPT)
      }
      if (options.patient) await atRest(lab)
      const line = await input.next()
      prompted = false
      if (line === undefined) {
        leave(lab)
        return ended
      }
      await obey(line)
      if (lab.state().closing) return ended
    }
  }

  const obey = async (line: string): Promise<void> => {
    const state = lab.state()
    const command = readCommand(line, state)
    switch (command.kind) {
      case 'nothing':
        return
      case 'intent':
        lab.send(command.intent)
        return
      case 'unclear':
        return say(wrap(command.what, { width: width() }))
      case 'help':
        return say(HELP.flatMap((each) => wrap(each, { width: width(), rest: '  ' })))
      case 'list':
        return say([
          ...listLines(state.lessons, { width: width(), here: state.current?.id }),
          'To open one, type: lesson and its number.',
        ])
      case 'lesson':
        if (!state.current) return say(['No lesson is open yet.'])
        return say(lessonLines(state.current, state.cluster, width()))
      case 'checks':
        if (!state.current) return say(['No lesson is open yet.'])
        say(checklistLines(state.current, width()))
        lab.send({ kind: 'regrade' })
        return
      case 'detail':
        return say(detail(state, command.number, width()))
      case 'output':
        return say((state.cluster.output ?? 'Nothing failed that printed anything.').trimEnd().split('\n'))
      case 'shell':
        return handover({ kind: 'shell' })
      case 'edit':
        if (command.file === undefined) return say(editable())
        return handover({ kind: 'edit', file: command.file })
    }
  }

  const editable = (): readonly string[] => {
    const files = lab.editable()
    if (files.length === 0) return ['There is nothing to edit yet. Wait until the lesson has begun.']
    const names = files.flatMap((file) =>
      wrap(`${file.name}: ${file.about}`, { width: width(), first: '  ', rest: '    ' }),
    )
    return ['Files:', ...names, 'Type: edit and a name.']
  }

  const handover = async (what: Parameters<Lab['handover']>[0]): Promise<void> => {
    silent = true
    input.suspend()
    try {
      const { note } = await lab.handover(what)
      if (note !== undefined) say(wrap(note, { width: width() }))
    } finally {
      input.resume()
      silent = false
      tell()
    }
  }

  try {
    return await typing()
  } finally {
    input.close()
  }
}

/** Nobody is there to answer a question any more: what can be resumed is resumed next time. */
const leave = (lab: Lab): void => {
  lab.send({ kind: 'quit' })
  if (!lab.state().closing) lab.send({ kind: 'confirm' })
}

const PROMPT = '> '

const detail = (state: LabState, number: number, width: number): readonly string[] => {
  const check = state.current?.checks[number - 1]
  if (!state.current || !check) return [`There is no check ${number}.`]
  const question = state.current.phase === 'passed' ? openQuestion(state.current) : undefined
  return [
    ...checkLine(check, number, width),
    ...(check.verdict ? verdictDetail(check.verdict, width) : []),
    ...(question ? questionLines(state.current, question, width) : []),
  ]
}

/** Resolves when nothing is under way any more, or the lab closes. */
const atRest = (lab: Lab): Promise<void> =>
  new Promise((resolve) => {
    let stop = (): void => {}
    const look = (): void => {
      const state = lab.state()
      const busy = state.current?.grading || state.current?.attack?.state === 'running'
      if (!state.closing && (busy || settledAs(state) === undefined)) return
      stop()
      resolve()
    }
    stop = lab.subscribe(look)
    look()
  })

/** Without anybody typing: the lesson stands in the cluster and was graded, or that will not happen. */
const settledAs = (state: LabState): PlainEnd | undefined => {
  if (state.loading) return undefined
  const { current, cluster } = state
  if (cluster.state === 'broken') return 'failed'
  if (!current) return cluster.state === 'ready' ? 'failed' : undefined
  switch (current.phase) {
    case 'failed':
      return 'failed'
    case 'unavailable':
    case 'passed':
      return 'ready'
    case 'working':
      return current.checks.every((check) => check.verdict !== undefined) && !current.grading ? 'ready' : undefined
    case 'reading':
    case 'seeding':
      return undefined
  }
}
