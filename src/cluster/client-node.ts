// The parts of client-node that the lab uses, named one by one so that the bundle leaves the generated API classes out
// (13 MB); loaded by `import()` of this file, when the first watch or kubeconfig needs it.
export { KubeConfig, Watch } from '@kubernetes/client-node'
