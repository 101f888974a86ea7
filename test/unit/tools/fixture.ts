import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StepReport } from '../../../src/core/ports.ts'
import { labPaths } from '../../../src/store/paths.ts'
import type { Checksum, Download, ToolEntry } from '../../../src/tools/catalogue/entry.ts'

/** A temporary folder, removed by `remove`. */
export const tempFolder = (): { readonly path: string; readonly remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-unit-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Folders of a lab in a temporary home. */
export const homePaths = (home: string) => labPaths({ K8S_SEC_LAB_HOME: home })

/** Writes an executable shell script. */
export const script = (path: string, body: string): string => {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, `#!/bin/sh\n${body}\n`)
  chmodSync(path, 0o755)
  return path
}

/** A script that answers like a tool of that version. */
export const toolScript = (name: string, version: string): string => `#!/bin/sh\necho "${name} ${version}"\n`

export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

/** A tar.gz with the given members. */
export const tarball = (folder: string, members: Readonly<Record<string, string>>): Buffer => {
  const root = mkdtempSync(join(folder, 'tar-'))
  for (const [path, content] of Object.entries(members)) {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), content, { mode: 0o755 })
  }
  execFileSync('tar', ['-czf', join(root, 'out.tar.gz'), '-C', root, ...Object.keys(members)])
  return readFileSync(join(root, 'out.tar.gz'))
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** An HTTP server on loopback that stands for a publisher; `requests` are the paths asked for. */
export const publisher = async (routes: Record<string, Buffer | string | Answer>) => {
  const requests: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    requests.push(path)
    const route = routes[path]
    if (route === undefined) response.writeHead(404).end('not here')
    else if (typeof route === 'function') route(request, response)
    else response.writeHead(200, { 'content-length': Buffer.byteLength(route) }).end(route)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    routes,
    requests,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export const compiledIn = (hex: string): Checksum => ({ kind: 'compiled-in', algorithm: 'sha256', hex, from: 'a test' })

/** A tool that answers `NAME vX.Y.Z`, with the given downloads and a recipe that nobody can build. */
export const toolEntry = (
  name: string,
  options: { version?: string; downloads?: readonly Download[] } = {},
): ToolEntry => {
  const { version = 'v1.34.3', downloads = [] } = options
  return {
    name,
    about: 'a tool of a test',
    version,
    probe: { args: ['--version'], pattern: new RegExp(`^${name} (v\\d+\\.\\d+\\.\\d+)$`, 'm'), accept: 'same-minor' },
    neededBy: ['a test'],
    forLearners: true,
    downloads: { 'linux-x64': downloads },
    build: {
      set: { id: name, go: '99.0', base: { kind: 'requires', requires: [] }, imports: [] },
      package: `example.invalid/${name}`,
      ldflags: '',
    },
  }
}

/** Every path below a folder, sorted. */
export const everything = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder, { recursive: true }).map(String).sort()
  } catch {
    return []
  }
}

/** Collects step reports. */
export const recorder = () => {
  const steps: StepReport[] = []
  return { steps, report: (step: StepReport) => void steps.push(step) }
}
