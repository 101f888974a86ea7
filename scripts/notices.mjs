// Writes THIRD_PARTY_NOTICES: the licence of every package whose code the bundle holds, as esbuild's metafile lists them.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { inputs } = JSON.parse(readFileSync(join(root, '.build', 'meta.json'), 'utf8'))

/** Folder of the package that a bundled file belongs to: everything up to the last node_modules/<name>. */
const packageOf = (file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]

const folders = [...new Set(Object.keys(inputs).map(packageOf).filter(Boolean))].sort()
const missing = []
const sections = folders.map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  const files = readdirSync(join(root, folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
  if (!license && files.length === 0) missing.push(name)
  const texts = files.map((file) => readFileSync(join(root, folder, file), 'utf8').trim())
  return [`${name} ${version} (${license ?? 'see below'})`, ...texts].join('\n\n')
})
if (missing.length > 0) {
  console.error(`No licence found for: ${missing.join(', ')}. A package without one must not be bundled.`)
  process.exit(1)
}
if (!existsSync(join(root, 'LICENSE'))) throw new Error('LICENSE is missing')
const rule = `\n\n${'-'.repeat(80)}\n\n`
writeFileSync(
  join(root, 'THIRD_PARTY_NOTICES'),
  `k8s-sec-lab contains code of these packages.${rule}${sections.join(rule)}\n`,
)
console.error(`THIRD_PARTY_NOTICES: ${folders.length} packages`)
