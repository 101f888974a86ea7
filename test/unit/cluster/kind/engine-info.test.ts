import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { engineOf } from '../../../../src/cluster/kind/engine.ts'
import { parseInfo } from '../../../../src/cluster/kind/engine-info.ts'

describe('what an engine says about itself', () => {
  it('is read from docker', () => {
    const text =
      '{"ServerVersion":"28.2.2","CgroupVersion":"1","OSType":"linux","MemTotal":25123456,"NCPU":2,"DockerRootDir":"/var/lib/docker","HttpProxy":"","SecurityOptions":["name=seccomp,profile=builtin","name=rootless"]}'
    expect(parseInfo(text)).toEqual({
      version: '28.2.2',
      cgroup: 1,
      rootless: true,
      os: 'linux',
      memoryBytes: 25123456,
      root: '/var/lib/docker',
    })
  })

  it('is read from podman', () => {
    const text =
      '{"host":{"cgroupVersion":"v2","os":"linux","memTotal":100,"cpus":4,"security":{"rootless":true}},"store":{"graphRoot":"/home/a/.local/share/containers/storage"},"version":{"Version":"5.4.0"}}'
    expect(parseInfo(text)).toMatchObject({ version: '5.4.0', cgroup: 2, rootless: true })
  })

  it('is no answer when only the client spoke', () => {
    expect(parseInfo('{"ServerVersion":"","ServerErrors":["Cannot connect to the Docker daemon"]}')?.error).toContain(
      'Cannot connect',
    )
    expect(parseInfo('Usage: docker')).toBeUndefined()
  })
})

describe('the engine of a machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-engine-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const put = (name: string, script: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  const env = { PATH: `${folder}:/bin:/usr/bin` }
  const only = { PATH: folder }

  it('is none when nothing is installed, or not what was asked for', async () => {
    expect(await engineOf(only)).toMatchObject({ kind: 'none', next: expect.stringContaining('--backend embedded') })
    expect(await engineOf({ ...only, KIND_EXPERIMENTAL_PROVIDER: 'podman' })).toMatchObject({
      kind: 'none',
      what: expect.stringContaining('KIND_EXPERIMENTAL_PROVIDER'),
    })
  })

  it('is podman when docker is only its other name', async () => {
    put('docker', 'echo "podman version 5.4.0"')
    put(
      'podman',
      'case "$1" in -v) echo "podman version 5.4.0";; *) echo \'{"host":{},"version":{"Version":"5.4.0"}}\';; esac',
    )
    expect(await engineOf(env)).toMatchObject({ kind: 'ready', command: 'podman', version: '5.4.0' })
  })

  it.each([
    [
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      'not-running',
    ],
    [
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.50/info": dial unix /var/run/docker.sock: connect: permission denied',
      'no-permission',
    ],
  ])('is installed but no help: %s', async (words, kind) => {
    put(
      'docker',
      `case "$1" in -v) echo "Docker version 28.2.2, build e6534b4";; *) echo '${words}' >&2; exit 1;; esac`,
    )
    expect(await engineOf(env)).toMatchObject({ kind, name: 'Docker' })
  })

  it('is refused when kind would refuse it', async () => {
    put(
      'docker',
      'case "$1" in -v) echo "Docker version 28.2.2";; *) echo \'{"ServerVersion":"28.2.2","CgroupVersion":"1","SecurityOptions":["name=rootless"]}\';; esac',
    )
    expect(await engineOf(env)).toMatchObject({ kind: 'unfit', what: expect.stringContaining('cgroup v1') })
  })
})
