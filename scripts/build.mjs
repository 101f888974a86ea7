// Bundles src/ into dist/: one entry (dist/cli.js) and chunks that load only when a command needs them.
// Everything is bundled, so that `npx k8s-sec-lab` fetches one small tarball and starts quickly.
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { lighter } from './bundle/lighter.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const out = join(root, 'dist')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })
const options = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  logLevel: 'warning',
  // Node has these; written as constructors they would be compiled at start, \p{RGI_Emoji} for longer than all the rest.
  supported: {
    'regexp-set-notation': true,
    'regexp-lookbehind-assertions': true,
    'regexp-unicode-property-escapes': true,
  },
  plugins: [lighter],
  inject: [join(root, 'scripts', 'bundle', 'segmenter.js')],
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
const define = {
  'Intl.Segmenter': 'Segmenter',
  'process.env.NODE_ENV': '"production"',
  'process.env.LAB_VERSION': JSON.stringify(version),
}
const result = await build({
  ...options,
  plugins: [lighter, apart],
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
