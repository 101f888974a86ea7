import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { CONFIG_FILES, controlPlaneFiles } from '../../../../src/cluster/control-plane-files.ts'
import { renderConfig } from '../../../../src/cluster/embedded/config.ts'
import { COMPONENTS, layoutOf } from '../../../../src/cluster/embedded/layout.ts'
import { renderManifests } from '../../../../src/cluster/embedded/manifests.ts'
import { fillProfile, readProfile } from '../../../../src/cluster/embedded/profile.ts'
import { programFolder } from '../../../../src/store/program-folder.ts'
import { catalogue, findEntry } from '../../../../src/tools/catalogue/catalogue.ts'

const DIRS = ['/home/me/lab', '/Users/me/Application Support/lab', '/odd #1/a: b/"c"\'s', '/a\\b\tc/((port.etcd))/$&']
const PORTS = { etcd: 30001, etcdPeer: 30002, etcdMetrics: 30003, apiserver: 30004, controllerManager: 30005 }
const folder = join(programFolder(), 'clusters', 'embedded')
const profile = await readProfile()

/** Every flag of a new cluster in `dir`, in order. */
const flags = (dir: string) => ({
  etcd: [
    '--name=k8s-sec-lab',
    `--data-dir=${dir}/etcd`,
    '--listen-client-urls=https://127.0.0.1:30001',
    '--advertise-client-urls=https://127.0.0.1:30001',
    '--listen-peer-urls=https://127.0.0.1:30002',
    '--initial-advertise-peer-urls=https://127.0.0.1:30002',
    '--initial-cluster=k8s-sec-lab=https://127.0.0.1:30002',
    '--listen-metrics-urls=http://127.0.0.1:30003',
    '--client-cert-auth=true',
    `--trusted-ca-file=${dir}/pki/etcd/ca.crt`,
    `--cert-file=${dir}/pki/etcd/server.crt`,
    `--key-file=${dir}/pki/etcd/server.key`,
    '--peer-client-cert-auth=true',
    `--peer-trusted-ca-file=${dir}/pki/etcd/ca.crt`,
    `--peer-cert-file=${dir}/pki/etcd/peer.crt`,
    `--peer-key-file=${dir}/pki/etcd/peer.key`,
    '--watch-progress-notify-interval=5s',
  ],
  'kube-apiserver': [
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--secure-port=30004',
    '--endpoint-reconciler-type=none',
    '--allow-privileged=true',
    '--service-cluster-ip-range=10.96.0.0/16',
    `--egress-selector-config-file=${dir}/egress.yaml`,
    `--tls-cert-file=${dir}/pki/apiserver.crt`,
    `--tls-private-key-file=${dir}/pki/apiserver.key`,
    `--client-ca-file=${dir}/pki/ca.crt`,
    `--authentication-config=${dir}/config/authentication.yaml`,
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${dir}/pki/sa.pub`,
    `--service-account-signing-key-file=${dir}/pki/sa.key`,
    '--service-account-extend-token-expiration=false',
    '--enable-bootstrap-token-auth=true',
    `--requestheader-client-ca-file=${dir}/pki/front-proxy-ca.crt`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${dir}/pki/front-proxy-client.crt`,
    `--proxy-client-key-file=${dir}/pki/front-proxy-client.key`,
    `--authorization-config=${dir}/config/authorization.yaml`,
    '--enable-admission-plugins=NodeRestriction',
    `--admission-control-config-file=${dir}/config/admission-control.yaml`,
    `--audit-policy-file=${dir}/config/audit-policy.yaml`,
    `--audit-log-path=${dir}/logs/audit.log`,
    '--audit-log-maxsize=10',
    '--audit-log-maxbackup=2',
    '--etcd-servers=https://127.0.0.1:30001',
    `--etcd-cafile=${dir}/pki/etcd/ca.crt`,
    `--etcd-certfile=${dir}/pki/apiserver-etcd-client.crt`,
    `--etcd-keyfile=${dir}/pki/apiserver-etcd-client.key`,
    `--encryption-provider-config=${dir}/config/encryption.yaml`,
    '--encryption-provider-config-automatic-reload=true',
  ],
  'kube-controller-manager': [
    '--bind-address=127.0.0.1',
    '--secure-port=30005',
    `--tls-cert-file=${dir}/pki/controller-manager-server.crt`,
    `--tls-private-key-file=${dir}/pki/controller-manager-server.key`,
    `--kubeconfig=${dir}/controller-manager.conf`,
    `--authentication-kubeconfig=${dir}/controller-manager.conf`,
    `--authorization-kubeconfig=${dir}/controller-manager.conf`,
    `--client-ca-file=${dir}/pki/ca.crt`,
    `--requestheader-client-ca-file=${dir}/pki/front-proxy-ca.crt`,
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
    '--leader-elect=false',
    '--controllers=*,bootstrapsigner,tokencleaner',
    '--use-service-account-credentials=true',
    `--service-account-private-key-file=${dir}/pki/sa.key`,
    `--root-ca-file=${dir}/pki/ca.crt`,
    `--cluster-signing-cert-file=${dir}/pki/ca.crt`,
    `--cluster-signing-key-file=${dir}/pki/ca.key`,
  ],
})

const probe = (port: number, path: string, scheme: string, failureThreshold: number) => ({
  httpGet: { host: '127.0.0.1', port, path, scheme },
  periodSeconds: 10,
  timeoutSeconds: 15,
  failureThreshold,
})
const PROBES = {
  etcd: [probe(30003, '/readyz', 'HTTP', 24), probe(30003, '/livez', 'HTTP', 8)],
  'kube-apiserver': [probe(30004, '/readyz', 'HTTPS', 24), probe(30004, '/livez', 'HTTPS', 8)],
  'kube-controller-manager': [probe(30005, '/healthz', 'HTTPS', 24), probe(30005, '/healthz', 'HTTPS', 8)],
}

describe.each(DIRS)('the manifests of a cluster in %j', (dir) => {
  const manifests = renderManifests(profile, { layout: layoutOf(dir), ports: PORTS })

  it.each(COMPONENTS)('%s: each flag, the probes, and what makes it a static Pod', (name) => {
    const [startupProbe, livenessProbe] = PROBES[name]
    const version = findEntry(catalogue, name).version.replace(/^v/, '')
    expect(parse(manifests[name])).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'kube-system', labels: { component: name, tier: 'control-plane' } },
      spec: {
        hostNetwork: true,
        priorityClassName: 'system-node-critical',
        containers: [
          {
            name,
            image: `registry.k8s.io/${name}:${name === 'etcd' ? `${version}-0` : `v${version}`}`,
            command: [name, ...flags(dir)[name]],
            startupProbe,
            livenessProbe,
          },
        ],
      },
    })
  })
})

describe('the embedded profile', () => {
  const at = { layout: layoutOf('/lab'), ports: PORTS }
  const config = renderConfig(profile, at)

  it('leaves no placeholder behind', () => {
    const rendered = [...Object.values(renderManifests(profile, at)), ...Object.values(config)]
    expect(rendered.filter((text) => text.includes('((') || text.includes('))'))).toEqual([])
  })

  it('names folders only in items of lists without quotes, where any name can be made to fit', () => {
    const lines = [...Object.values(profile.manifests), ...Object.values(profile.config)].join('\n').split('\n')
    const odd = lines.filter((line) => line.includes('((dir.') && !/^ *- --[a-z-]+=\(\(dir\.[a-z]+\)\)/.test(line))
    expect(odd).toEqual([])
  })

  it.each(COMPONENTS)('%s: says why, at least every six flags', (name) => {
    const under = profile.manifests[name].split(/^ *#.*$/m).map((part) => part.match(/^ *- --/gm)?.length ?? 0)
    expect(under[1]).toBe(0) // the head of the file
    expect(Math.max(...under)).toBeLessThanOrEqual(6)
  })

  it('holds the files that the lab makes, edits and removes, no more and no fewer', () => {
    const names = (sub: string) => readdirSync(join(folder, '..', sub)).sort()
    expect(names('embedded/manifests')).toEqual(COMPONENTS.map((name) => `${name}.yaml`).sort())
    expect(names('config')).toEqual([...CONFIG_FILES].sort())
    expect(
      controlPlaneFiles(at.layout)
        .map((file) => file.path)
        .sort(),
    ).toEqual([...CONFIG_FILES.map((name) => `/lab/config/${name}`), ...COMPONENTS.map(at.layout.manifest)].sort())
  })

  it('starts the API server with open config files, for the lessons to tighten', () => {
    expect(parse(config['authentication.yaml'])).toEqual({
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'AuthenticationConfiguration',
    })
    expect(parse(config['authorization.yaml'])).toMatchObject({
      kind: 'AuthorizationConfiguration',
      authorizers: [
        { type: 'Node', name: 'node' },
        { type: 'RBAC', name: 'rbac' },
      ],
    })
    expect(parse(config['encryption.yaml'])).toMatchObject({
      kind: 'EncryptionConfiguration',
      resources: [{ resources: ['secrets'], providers: [{ identity: {} }] }],
    })
    expect(parse(config['audit-policy.yaml'])).toMatchObject({ kind: 'Policy', rules: [{ level: 'None' }] })
    const level = { enforce: 'privileged', audit: 'privileged', warn: 'privileged' }
    expect(parse(config['admission-control.yaml'])).toMatchObject({
      kind: 'AdmissionConfiguration',
      plugins: [{ name: 'PodSecurity', configuration: { defaults: level, exemptions: { namespaces: [] } } }],
    })
  })
})

describe('fillProfile', () => {
  const at = { layout: layoutOf('/a "b": c'), ports: PORTS, file: 'config/x.yaml' }

  it('keeps every line without a placeholder as it was written', () => {
    const text = "a: 'b'   # c\n\n  - \"quoted: yes\"\nexpression: '((object.spec))'"
    expect(fillProfile(text, at)).toBe(text)
  })

  it('fills blanks around the name too, and quotes an item only where its folder needs it', () => {
    expect(fillProfile('- x=(( port.etcd ))\n- --y=((dir.pki))', at)).toBe('- x=30001\n- "--y=/a \\"b\\": c/pki"')
  })

  it.each(['((dir.secrets))', '((port.toString))', '((dirs.pki))'])('refuses %s, by name and file', (text) => {
    expect(() => fillProfile(text, at)).toThrow(`clusters/config/x.yaml: ${text} has no value`)
  })
})
