import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { addOnCatalogue } from '../../../src/addons/catalogue.ts'
import { manifestsOf, ownFolder } from '../../../src/addons/objects.ts'
import { parameterStore } from '../../../src/addons/parameter-store.ts'
import { lessonImages } from '../../../src/cluster/lesson-images.ts'

const image = Object.fromEntries(lessonImages().map(({ name, local }) => [name, local]))
const folder = ownFolder(parameterStore)

describe('the manifests of add-ons', () => {
  it('give the files of a folder to a ConfigMap as they are', async () => {
    const objects = await manifestsOf(parameterStore, 'kind', { image })
    const data = objects.find(({ kind }) => kind === 'ConfigMap')?.data
    const names = readdirSync(join(folder, 'server')).filter((name) => name.endsWith('.py'))
    expect(names).toContain('serve.py')
    expect(data).toEqual(
      Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, 'server', name), 'utf8')])),
    )
  })

  it('run in containers that may do nothing but serve', async () => {
    const values = { token: 'a', ca: 'a', cert: 'a', key: 'a', 'ca-text': '"a"' }
    for (const addOn of addOnCatalogue) {
      const objects = await manifestsOf(addOn, 'kind', { image, value: values })
      const deployments = objects.filter(({ kind }) => kind === 'Deployment')
      expect(deployments.map(({ metadata }) => metadata?.name)).toContain(addOn.kind.deployment)
      for (const { spec } of deployments) {
        expect(spec).toMatchObject({
          template: {
            spec: {
              securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
              containers: [
                {
                  securityContext: {
                    allowPrivilegeEscalation: false,
                    readOnlyRootFilesystem: true,
                    capabilities: { drop: ['ALL'] },
                  },
                },
              ],
            },
          },
        })
      }
    }
  })
})

describe('Parameter Store', () => {
  const requirements = readFileSync(join(folder, 'requirements.txt'), 'utf8')

  it('is of one version wherever it runs', () => {
    const version = /^moto==([\d.]+) /m.exec(requirements)?.[1]
    const { public: anyone, local } = lessonImages().find(({ name }) => name === 'parameter-store') ?? {}
    expect(version).toBe(parameterStore.version)
    expect(anyone).toContain(`:${version}@sha256:`)
    expect(local?.split(':')[1]).toBe(version)
  })

  it('takes no package that is not named by hash', () => {
    const packages = requirements.replaceAll('\\\n', '').match(/^[a-z].*/gm) ?? []
    expect(packages.length).toBeGreaterThan(20)
    expect(packages.filter((line) => !/^\w+==\S+(\s+--hash=sha256:[0-9a-f]{64})+$/.test(line))).toEqual([])
  })
})
