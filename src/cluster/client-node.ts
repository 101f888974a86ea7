// The one part of client-node that the lab uses, by its own path: the package's entry takes 20 MB of memory for classes of
// every API object. Loaded by `import()` of this file, when the first watch needs it.
export { Watch } from '@kubernetes/client-node/dist/watch.js'
