/** The bin. Tiny on purpose: an older Node must get as far as the sentence that says so. */
import { createRequire } from 'node:module'

const OLDEST = [20, 19] as const
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  process.stderr.write(
    `k8s-sec-lab needs Node.js ${OLDEST.join('.')} or newer; this is ${process.versions.node}.\n` +
      'Install a newer one from https://nodejs.org or with your version manager, and run the command again.\n',
  )
  process.exitCode = 3
} else {
  const module = createRequire(import.meta.url)('node:module') as { enableCompileCache?: () => void }
  module.enableCompileCache?.() // since Node 22.8; spares compiling the bundle at each start
  // Of everything there is, the screen comes first: the rest is loaded behind it.
  const screen =
    process.argv[2] === 'start' ? (await import('./commands/open-screen.ts')).openScreen(process) : undefined
  const isList = process.argv.slice(2).join(' ') === 'list'
  if (!isList || !(await (await import('./commands/list-at-once.ts')).listAtOnce(process))) {
    const { main } = await import('./commands/main.ts')
    process.exitCode = await main(process, screen)
  }
}
