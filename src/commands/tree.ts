/** The command tree: names, options and help. Each action loads its command only when it is the one asked for. */
import { Command, CommanderError, Option, type OptionValues } from 'commander'
import type { CommandContext } from './context.ts'
import { exitCodeOf, renderError } from './error-text.ts'
import type { ExitCode, GlobalOptions, Io } from './io.ts'

/** Replaced by the build; a run from the sources has none. */
const VERSION = process.env.LAB_VERSION ?? '0.0.0-source'

type Handler = (context: CommandContext, options: OptionValues, args: readonly string[]) => Promise<ExitCode>
type Tree = { readonly io: Io; readonly done: (code: ExitCode) => void }

/** Runs one command line (without node and script). Everything thrown becomes text on stderr and an exit code. */
export const runCommandLine = async (argv: readonly string[], io: Io): Promise<ExitCode> => {
  let code: ExitCode = 0
  const program = buildProgram({
    io,
    done: (result) => {
      code = result
    },
  })
  try {
    await program.parseAsync(withCommandApart(argv), { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (io.signal.aborted) return 130
    io.err(renderError(error, { debug: argv.includes('--debug') }))
    return exitCodeOf(error)
  }
}

/** What follows `shell` and `node` belongs to the command that is to run there, dashes and all. */
const withCommandApart = (argv: readonly string[]): string[] => {
  const at = argv.findIndex((word) => !word.startsWith('-'))
  const next = argv[at + 1]
  if ((argv[at] !== 'shell' && argv[at] !== 'node') || next === undefined || next.startsWith('-')) return [...argv]
  return [...argv.slice(0, at + 1), '--', ...argv.slice(at + 1)]
}

/** Wires a command: services come with it, but none is made before the command asks for one. */
const run =
  (tree: Tree, load: () => Promise<Handler>) =>
  async (...raw: unknown[]): Promise<void> => {
    const command = raw.at(-1) as Command
    const all = command.optsWithGlobals()
    const options: GlobalOptions = {
      debug: all.debug === true,
      plain: all.plain === true,
      yes: all.yes === true,
      backend: all.backend,
      nodeImage: all.nodeImage,
      lessons: all.lessons,
    }
    const [handler, { openServices }] = await Promise.all([load(), import('../app/wire.ts')])
    const services = openServices({
      env: tree.io.env,
      backend: options.backend,
      nodeImage: options.nodeImage,
      lessons: options.lessons,
      debug: options.debug ? tree.io.err : undefined,
    })
    tree.done(await handler({ io: tree.io, options, services }, command.opts(), command.args))
  }

const buildProgram = (tree: Tree): Command => {
  const program = new Command('k8s-sec-lab')
    .description('Learn Kubernetes security on a real cluster, graded by attacking what you built.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .option('--debug', 'show what the lab does, and a stack trace when it fails')
    .option('--plain', 'lines of text instead of screens; for screen readers and pipes')
    .option('--yes', 'answer every question with yes')
    .addOption(
      new Option('--backend <name>', 'where the cluster runs').choices(['auto', 'kind', 'embedded']).default('auto'),
    )
    .option('--node-image <image>', 'what kind makes its node of, instead of the image for this version')
    .option('--lessons <folder>', 'use the lessons in this folder')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: tree.io.out, writeErr: tree.io.err, getOutHelpWidth: tree.io.columns })
    .showHelpAfterError('See k8s-sec-lab --help for everything there is.')
    .exitOverride()
  learning(program, tree)
  environment(program, tree)
  authoring(program, tree)
  return program
}

const learning = (program: Command, tree: Tree): void => {
  program
    .command('start')
    .description('open the lab, at a lesson or where you were')
    .argument('[lesson]', 'id or name, e.g. L05 or rbac-least-privilege')
    .action(run(tree, async () => (await import('./start.ts')).start))
  program
    .command('list')
    .description('list the lessons')
    .option('--json', 'print JSON')
    .action(run(tree, async () => (await import('./list.ts')).list))
  program
    .command('begin')
    .description('put a lesson into the cluster and print its task')
    .argument('<lesson>')
    .action(run(tree, async () => (await import('./begin.ts')).begin))
  program
    .command('check')
    .description('grade the lesson now: exit code 0 passed, 1 not yet, 3 could not check')
    .argument('[lesson]')
    .option('--json', 'print JSON')
    .option('--watch', 'keep grading, and print only what changes')
    .action(run(tree, async () => (await import('./check.ts')).check))
  program
    .command('hint')
    .description('print the next hint')
    .argument('[lesson]')
    .action(run(tree, async () => (await import('./hint.ts')).hint))
  program
    .command('solution')
    .description('print the solution, after a question')
    .argument('[lesson]')
    .action(run(tree, async () => (await import('./solution.ts')).solution))
  program
    .command('reset')
    .description('put a lesson back to its beginning, after a question; keeps a copy of your files')
    .argument('[lesson]')
    .action(run(tree, async () => (await import('./reset.ts')).reset))
  program
    .command('attack')
    .description("replay the lesson's attack and show what came back")
    .argument('[lesson]')
    .action(run(tree, async () => (await import('./attack.ts')).attack))
  program
    .command('answer')
    .description('answer a question of the lesson')
    .argument('<key>')
    .argument('<value>')
    .action(run(tree, async () => (await import('./answer.ts')).answer))
}

const environment = (program: Command, tree: Tree): void => {
  program
    .command('shell')
    .description('a shell wired to the lab: its kubeconfig, its tools, your files of the lesson')
    .argument('[command...]', 'run this there instead of a shell')
    .action(run(tree, async () => (await import('./shell.ts')).shell))
  program
    .command('node')
    .description("a root shell on the cluster's node, or one command there: node -- CMD ARG…")
    .argument('[command...]', 'run this there instead of a shell')
    .action(run(tree, async () => (await import('./node.ts')).node))
  program
    .command('env')
    .description('print the same settings for your own shell: eval "$(k8s-sec-lab env)"')
    .addOption(new Option('--shell <name>', 'whose syntax').choices(['bash', 'zsh', 'fish']).default('bash'))
    .action(run(tree, async () => (await import('./env.ts')).env))
  program
    .command('edit')
    .description('open a control-plane file, a file on the node or a file of the lesson in $EDITOR')
    .argument('[file]', 'e.g. kube-apiserver.yaml, node:/etc/hosts; without one, list what can be edited')
    .option('--print', 'print a control-plane file or a file on the node instead')
    .option('--from <path>', 'take the new text from this file, or from standard input with -')
    .action(run(tree, async () => (await import('./edit-file.ts')).editFile))
  const cluster = program.command('cluster').description('the cluster alone')
  for (const [name, about] of [
    ['up', 'bring the cluster up, or repair it'],
    ['down', 'remove the cluster and everything it made'],
    ['status', 'how the cluster is'],
  ] as const) {
    cluster
      .command(name)
      .description(about)
      .option('--json', 'print JSON')
      .action(run(tree, async () => (await import('./cluster-command.ts')).clusterCommand(name)))
  }
  cluster
    .command('restart')
    .description('restart one component or add-on and wait until it is ready')
    .argument('<component>', 'e.g. kube-apiserver')
    .action(run(tree, async () => (await import('./cluster-command.ts')).clusterCommand('restart')))
  program
    .command('doctor')
    .description('what this machine can run, and what to do about the rest')
    .option('--json', 'print JSON')
    .action(run(tree, async () => (await import('./doctor.ts')).doctor))
  const tools = program
    .command('tools')
    .description('which tools are needed, found, where, in which version')
    .option('--json', 'print JSON')
    .action(run(tree, async () => (await import('./tools.ts')).toolsList))
  tools
    .command('install')
    .description('get tools: from the cache, the PATH, a verified download, or built from source')
    .argument('<name...>')
    .action(run(tree, async () => (await import('./tools.ts')).toolsInstall))
}

const authoring = (program: Command, tree: Tree): void => {
  const lessons = program.command('lessons').description('for authors of lessons')
  lessons
    .command('lint')
    .description('every mistake in the lessons, as file:line:column')
    .argument('[lesson...]')
    .option('--json', 'print JSON')
    .action(run(tree, async () => (await import('./lessons-command.ts')).lessonsLint))
  lessons
    .command('verify')
    .description('prove lessons on a real cluster of their own')
    .argument('[lesson...]')
    .option('--lanes <number>', 'so many clusters side by side', '1')
    .addOption(
      new Option('--wrong <which>', 'wrong turns: all, or of lessons that look at nodes alone')
        .choices(['all', 'nodes'])
        .default('all'),
    )
    .option('--json', 'print JSON')
    .action(run(tree, async () => (await import('./lessons-verify.ts')).lessonsVerify))
  lessons
    .command('new')
    .description('the smallest lesson of the format, to start from')
    .argument('<module/slug>')
    .action(run(tree, async () => (await import('./lessons-command.ts')).lessonsNew))
  lessons
    .command('coverage')
    .description('which lesson teaches what: layers, CKS, OWASP, CIS')
    .action(run(tree, async () => (await import('./lessons-command.ts')).lessonsCoverage))
  lessons
    .command('schema')
    .description('JSON Schema of lesson.yaml, for editors')
    .action(run(tree, async () => (await import('./lessons-command.ts')).lessonsSchema))
  const progress = program.command('progress').description('your progress as a file')
  progress
    .command('export')
    .description('print it as JSON')
    .action(run(tree, async () => (await import('./progress.ts')).progressExport))
  progress
    .command('import')
    .description('merge an exported file into it; nothing is lost')
    .argument('<file>', 'or - for standard input')
    .action(run(tree, async () => (await import('./progress.ts')).progressImport))
  progress
    .command('reset')
    .description('forget it, after a question')
    .action(run(tree, async () => (await import('./progress.ts')).progressReset))
}
