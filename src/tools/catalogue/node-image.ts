import { goPlatform, type PlatformName } from '../platform.ts'
import { type Download, NODE_IMAGE, type ToolEntry } from './entry.ts'
import { KUBERNETES_VERSION, kubernetesBuild, kubernetesModules, SERVER_PROBE, serverDownloads } from './kubernetes.ts'

// What a node needs beside the control plane's programs, for machines that cannot pull a node image and so make one.

const COMMANDS = ['kubeadm', 'kubelet', 'kube-proxy', 'kube-scheduler']
/** A set of their own: who starts the embedded control plane need not fetch what only a node needs. */
const MODULES = kubernetesModules('kubernetes-node', COMMANDS)

const kubernetes = (name: string, about: string, probe: ToolEntry['probe'] = SERVER_PROBE): ToolEntry => ({
  name,
  about,
  version: KUBERNETES_VERSION,
  probe,
  neededBy: [NODE_IMAGE],
  forLearners: false,
  downloads: serverDownloads(name),
  build: kubernetesBuild(name, MODULES),
})

const COREDNS = 'v1.12.4'
const corednsDownload = (platform: PlatformName): Download => {
  const file = `coredns_${COREDNS.slice(1)}_linux_${goPlatform(platform).arch}.tgz`
  const url = `https://github.com/coredns/coredns/releases/download/${COREDNS}/${file}`
  return {
    version: COREDNS,
    url,
    format: 'tar.gz',
    member: 'coredns',
    checksum: { kind: 'publisher', algorithm: 'sha256', url: `${url}.sha256` },
  }
}

const coredns: ToolEntry = {
  name: 'coredns',
  about: 'names inside the cluster',
  version: COREDNS,
  probe: { args: ['-version'], pattern: /^CoreDNS-(\d+\.\d+\.\d+)$/m, accept: 'same-minor' },
  neededBy: [NODE_IMAGE],
  forLearners: false,
  downloads: { 'linux-x64': [corednsDownload('linux-x64')], 'linux-arm64': [corednsDownload('linux-arm64')] },
  build: {
    set: {
      id: 'coredns',
      go: '1.24',
      base: { kind: 'requires', requires: [['github.com/coredns/coredns', COREDNS]] },
      imports: ['github.com/coredns/coredns'],
    },
    package: 'github.com/coredns/coredns',
    ldflags: '-s -w',
  },
}

export const nodeImageTools: readonly ToolEntry[] = [
  kubernetes('kubelet', 'runs the Pods of a node'),
  kubernetes('kubeadm', 'makes a node a cluster', {
    args: ['version', '--output', 'short'],
    pattern: /^(v\d+\.\d+\.\d+)$/m,
    accept: 'same-minor',
  }),
  kubernetes('kube-scheduler', 'chooses the node of a Pod'),
  kubernetes('kube-proxy', 'makes Services reachable on a node'),
  coredns,
]
