// Bundles src/ into dist/: one entry (dist/cli.js) and chunks that load only when a command needs them.
// Everything is bundled, so that `npx k8s-sec-lab` fetches one small tarball and starts quickly.
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const out = join(root, 'dist')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Answers an import with a few lines of our own where a package drags in something that the lab never uses. */
const stubs = {
  name: 'stubs',
  setup(build) {
    const contents = {
      // highlight.js 10 and yargs behind it: 1.4 MB for colours that src/tui/markdown.ts does not ask for.
      'cli-highlight': 'export const highlight = (code) => code; export const supportsLanguage = () => false;',
      'react-devtools-core': 'export default {};',
      // Emoji shortcodes are off in lesson text; the table behind them is 200 KB.
      'node-emoji':
        'export const emojify = (text) => text; export const get = (name) => name; export default { emojify, get };',
    }
    for (const name of Object.keys(contents)) {
      build.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: 'stub' }))
    }
    build.onLoad({ filter: /.*/, namespace: 'stub' }, ({ path }) => ({ contents: contents[path], loader: 'js' }))
    // Commander would start other programs for commands that are files of their own; the lab has none.
    build.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /[\\/]commander[\\/]/.test(importer) ? { path: 'no-programs', namespace: 'empty' } : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = {}', loader: 'js' }))
    // zod's words in sixty languages, of which the lab speaks one (which zod itself imports by name).
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: '', loader: 'js' }))
    // Yoga fetches the data: URL that its own file holds, and Node's fetch takes longer to load than all of Ink.
    // Without one it decodes the URL itself.
    build.onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, ({ path }) => ({
      contents: `const fetch = undefined;\n${readFileSync(path, 'utf8')}`,
      loader: 'js',
    }))
  },
}

rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })
const options = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  logLevel: 'warning',
  plugins: [stubs],
  // CommonJS packages inside the bundle call require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
}
/** What is bundled into a file of its own stays outside the rest. */
const apart = {
  name: 'apart',
  setup(build) {
    build.onResolve({ filter: /\/list-at-once\.ts$/ }, () => ({ path: './list.js', external: true }))
  },
}
const define = { 'process.env.NODE_ENV': '"production"', 'process.env.LAB_VERSION': JSON.stringify(version) }
const result = await build({
  ...options,
  plugins: [stubs, apart],
  entryPoints: { cli: 'src/cli.ts' },
  outdir: out,
  splitting: true,
  target: 'node20.19',
  minify: process.argv.includes('--minify'),
  metafile: true,
  jsx: 'automatic',
  define,
  chunkNames: 'chunks/[name]-[hash]',
})
await build({
  ...options,
  entryPoints: { list: 'src/commands/list-at-once.ts' },
  outdir: out,
  target: 'node20.19',
  minify: process.argv.includes('--minify'),
  define,
})
const cli = join(out, 'cli.js')
const code = readFileSync(cli, 'utf8')
if (!code.startsWith('#!')) writeFileSync(cli, `#!/usr/bin/env node\n${code}`)
chmodSync(cli, 0o755)
const scratch = join(root, '.build')
mkdirSync(scratch, { recursive: true })
writeFileSync(join(scratch, 'meta.json'), JSON.stringify(result.metafile))

// The lessons as the lab reads them, so that it need not parse and check them at every start.
const reader = join(scratch, 'read-lessons.mjs')
await build({
  ...options,
  stdin: {
    contents: `export { packLessons } from './src/lessons/built.ts'; export { packHeads } from './src/lessons/heads.ts'; export { createLessonSource } from './src/lessons/source.ts'`,
    resolveDir: root,
  },
  outfile: reader,
})
const { createLessonSource, packHeads, packLessons } = await import(pathToFileURL(reader).href)
const course = join(root, 'lessons')
const lessons = await createLessonSource({ dirs: [course] }).all()
writeFileSync(join(out, 'lessons.json'), packLessons(course, lessons))
writeFileSync(join(out, 'lesson-heads'), packHeads(course, lessons))
