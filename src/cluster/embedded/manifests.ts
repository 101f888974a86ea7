import type { EmbeddedComponent, Layout } from './layout.ts'
import type { Ports } from './ports.ts'

/**
 * The static Pod manifests of the control plane, as kubeadm would write them, with the lab's own paths and ports.
 * The supervisor runs `spec.containers[0].command` and follows the probes; the rest is there because it is a real Pod.
 */
export const renderManifests = (layout: Layout, ports: Ports): Readonly<Record<EmbeddedComponent, string>> => ({
  etcd: etcd(layout, ports),
  'kube-apiserver': apiserver(layout, ports),
  'kube-controller-manager': controllerManager(layout, ports),
})

type Pod = {
  readonly name: EmbeddedComponent
  readonly about: string
  readonly command: readonly string[]
  readonly probe: {
    readonly port: number
    readonly scheme: 'HTTP' | 'HTTPS'
    readonly live: string
    readonly ready: string
  }
}

// Flags are written as learners will meet them: one a line, sorted by topic, comments between them.
const pod = ({ name, about, command, probe }: Pod): string => `${about
  .split('\n')
  .map((line) => `# ${line}`)
  .join('\n')}
apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: kube-system
  labels:
    component: ${name}
    tier: control-plane
spec:
  hostNetwork: true
  priorityClassName: system-node-critical
  containers:
    - name: ${name}
      image: registry.k8s.io/${name === 'etcd' ? 'etcd:3.6.5-0' : `${name}:v1.34.3`}
      command:
        - ${name}
${command.map((line) => (line.startsWith('#') ? `        ${line}` : `        - ${scalar(line)}`)).join('\n')}
      startupProbe:
        httpGet: { host: 127.0.0.1, port: ${probe.port}, path: ${probe.ready}, scheme: ${probe.scheme} }
        periodSeconds: 10
        timeoutSeconds: 15
        failureThreshold: 24
      livenessProbe:
        httpGet: { host: 127.0.0.1, port: ${probe.port}, path: ${probe.live}, scheme: ${probe.scheme} }
        periodSeconds: 10
        timeoutSeconds: 15
        failureThreshold: 8
`

// Plain where YAML allows it: a folder of the learner's choice may hold characters that it does not.
const scalar = (text: string): string => (/: | #|:$|["'\\]/.test(text) ? JSON.stringify(text) : text)

const etcd = ({ pki, etcd: data }: Layout, ports: Ports): string =>
  pod({
    name: 'etcd',
    about:
      'The database of the cluster: every object lies in here.\nIt has a CA of its own, so that no client certificate of the cluster opens it.',
    command: [
      '--name=k8s-sec-lab',
      `--data-dir=${data}`,
      `--listen-client-urls=https://127.0.0.1:${ports.etcd}`,
      `--advertise-client-urls=https://127.0.0.1:${ports.etcd}`,
      `--listen-peer-urls=https://127.0.0.1:${ports.etcdPeer}`,
      `--initial-advertise-peer-urls=https://127.0.0.1:${ports.etcdPeer}`,
      `--initial-cluster=k8s-sec-lab=https://127.0.0.1:${ports.etcdPeer}`,
      '# health and metrics, without a client certificate',
      `--listen-metrics-urls=http://127.0.0.1:${ports.etcdMetrics}`,
      "# clients (the API server) and peers must show a certificate of etcd's own CA",
      '--client-cert-auth=true',
      `--trusted-ca-file=${pki}/etcd/ca.crt`,
      `--cert-file=${pki}/etcd/server.crt`,
      `--key-file=${pki}/etcd/server.key`,
      '--peer-client-cert-auth=true',
      `--peer-trusted-ca-file=${pki}/etcd/ca.crt`,
      `--peer-cert-file=${pki}/etcd/peer.crt`,
      `--peer-key-file=${pki}/etcd/peer.key`,
      '--watch-progress-notify-interval=5s',
    ],
    probe: { port: ports.etcdMetrics, scheme: 'HTTP', live: '/livez', ready: '/readyz' },
  })

const apiserver = ({ pki, config, logs }: Layout, ports: Ports): string =>
  pod({
    name: 'kube-apiserver',
    about:
      'The front door of the cluster: authentication, authorization and admission happen here.\nSaving this file restarts the API server with the flags below.',
    command: [
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${ports.apiserver}`,
      '# no Endpoints of its own to publish: it listens on loopback only',
      '--endpoint-reconciler-type=none',
      '--allow-privileged=true',
      '--service-cluster-ip-range=10.96.0.0/16',
      `--tls-cert-file=${pki}/apiserver.crt`,
      `--tls-private-key-file=${pki}/apiserver.key`,
      '# who are you?',
      `--client-ca-file=${pki}/ca.crt`,
      `--authentication-config=${config}/authentication.yaml`,
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--service-account-key-file=${pki}/sa.pub`,
      `--service-account-signing-key-file=${pki}/sa.key`,
      '--service-account-extend-token-expiration=false',
      '--enable-bootstrap-token-auth=true',
      `--requestheader-client-ca-file=${pki}/front-proxy-ca.crt`,
      '--requestheader-allowed-names=front-proxy-client',
      '--requestheader-username-headers=X-Remote-User',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      `--proxy-client-cert-file=${pki}/front-proxy-client.crt`,
      `--proxy-client-key-file=${pki}/front-proxy-client.key`,
      '# may you?',
      `--authorization-config=${config}/authorization.yaml`,
      '# is what you want acceptable? (PodSecurity and ValidatingAdmissionPolicy are on by default)',
      '--enable-admission-plugins=NodeRestriction',
      `--admission-control-config-file=${config}/admission-control.yaml`,
      '# what is written down about it?',
      `--audit-policy-file=${config}/audit-policy.yaml`,
      `--audit-log-path=${logs}/audit.log`,
      '--audit-log-maxsize=10',
      '--audit-log-maxbackup=2',
      '# where does it end up, and encrypted how?',
      `--etcd-servers=https://127.0.0.1:${ports.etcd}`,
      `--etcd-cafile=${pki}/etcd/ca.crt`,
      `--etcd-certfile=${pki}/apiserver-etcd-client.crt`,
      `--etcd-keyfile=${pki}/apiserver-etcd-client.key`,
      `--encryption-provider-config=${config}/encryption.yaml`,
      '--encryption-provider-config-automatic-reload=true',
    ],
    probe: { port: ports.apiserver, scheme: 'HTTPS', live: '/livez', ready: '/readyz' },
  })

const controllerManager = ({ pki, controllerManagerConf }: Layout, ports: Ports): string =>
  pod({
    name: 'kube-controller-manager',
    about:
      'The control loops: namespaces, ServiceAccounts, garbage collection, certificate signing and the rest.\nEach loop uses a ServiceAccount of its own in kube-system.',
    command: [
      '--bind-address=127.0.0.1',
      `--secure-port=${ports.controllerManager}`,
      `--tls-cert-file=${pki}/controller-manager-server.crt`,
      `--tls-private-key-file=${pki}/controller-manager-server.key`,
      `--kubeconfig=${controllerManagerConf}`,
      `--authentication-kubeconfig=${controllerManagerConf}`,
      `--authorization-kubeconfig=${controllerManagerConf}`,
      `--client-ca-file=${pki}/ca.crt`,
      `--requestheader-client-ca-file=${pki}/front-proxy-ca.crt`,
      '# there is only one, so nothing to elect; and it need not spare the API server: it starts in half a second, not six',
      '--kube-api-qps=500',
      '--kube-api-burst=1000',
      '--leader-elect=false',
      '--controllers=*,bootstrapsigner,tokencleaner',
      '--use-service-account-credentials=true',
      `--service-account-private-key-file=${pki}/sa.key`,
      `--root-ca-file=${pki}/ca.crt`,
      '# signs approved CertificateSigningRequests',
      `--cluster-signing-cert-file=${pki}/ca.crt`,
      `--cluster-signing-key-file=${pki}/ca.key`,
    ],
    probe: { port: ports.controllerManager, scheme: 'HTTPS', live: '/healthz', ready: '/healthz' },
  })
