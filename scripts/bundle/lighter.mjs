// Lightens the bundle: answers imports with a few lines of our own where a package drags in, or does at start, something
// that the lab never uses. Each answer says what it spares.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const single = fileURLToPath(new URL('../../src/tui/single.ts', import.meta.url))

/** Packages replaced as a whole. */
const PACKAGES = {
  // highlight.js 10 and yargs behind it: 1.4 MB for colours that src/tui/markdown.ts does not ask for.
  'cli-highlight': 'export const highlight = (code) => code; export const supportsLanguage = () => false;',
  // Node's own does the same without the tables of all international names, 300 KB.
  'whatwg-url': "import { URL } from 'node:url'; export default { URL };",
  // Emoji shortcodes are off in lesson text; the table behind them is 200 KB.
  'node-emoji':
    'export const emojify = (text) => text; export const get = (name) => name; export default { emojify, get };',
}

/** Replaces what is there, and fails when it is not: then the package has changed, and this file is to be looked at. */
const replaced = (path, before, after) => {
  const text = readFileSync(path, 'utf8')
  if (!text.includes(before)) throw new Error(`${path} no longer contains ${before}`)
  return text.replace(before, after)
}

export const lighter = {
  name: 'lighter',
  setup(build) {
    for (const name of Object.keys(PACKAGES)) {
      build.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: 'package' }))
    }
    build.onLoad({ filter: /.*/, namespace: 'package' }, ({ path }) => ({ contents: PACKAGES[path], loader: 'js' }))

    // Commander would start other programs for commands that are files of their own; the lab has none.
    build.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /[\\/]commander[\\/]/.test(importer) ? { path: 'no-programs', namespace: 'empty' } : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = {}', loader: 'js' }))

    // Ink's way to React's developer tools, with the WebSockets behind it: 130 KB that only DEV=true would load.
    build.onResolve({ filter: /^\.\/devtools\.js$/ }, ({ importer }) =>
      /[\\/]ink[\\/]build[\\/]/.test(importer) ? { path: 'no-devtools', namespace: 'empty' } : undefined,
    )

    // zod's words in sixty languages, of which the lab speaks one (which zod itself imports by name).
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: '', loader: 'js' }))

    // Yoga fetches the data: URL in its own file, and Node's fetch takes longer to load than all of Ink; without one it
    // decodes the URL letter by letter.
    build.onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, ({ path }) => ({
      contents: `const fetch = undefined;\n${replaced(
        path,
        'function wa(){',
        "function wa(){if(ua(H))return new Uint8Array(Buffer.from(H.slice(H.indexOf(',')+1),'base64'));",
      )}`,
      loader: 'js',
    }))

    // string-width measures printable ASCII the quick way, and for the first other character compiles a regular expression
    // over all emoji. The lines and symbols of the lab take one cell each as well.
    build.onLoad({ filter: /[\\/]node_modules[\\/]string-width[\\/]index\.js$/ }, ({ path }) =>
      path.split('node_modules').length > 2
        ? undefined // an older one, of a package that the lab's screens do not measure with
        : {
            contents: `import { SINGLE } from ${JSON.stringify(single)};\n${replaced(path, '/^[\\u0020-\\u007E]*$/', 'SINGLE')}`,
            loader: 'js',
          },
    )
  },
}
