import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { UserError } from '../core/errors.ts'
import type { ControlPlaneFile } from '../core/ports.ts'

/** Where a backend keeps the files: a manifest for each component, and the folder of kube-apiserver's config files. */
export type FilePlaces = { readonly manifest: (component: string) => string; readonly config: string }

/** Files that kube-apiserver is started with, in the folder `config`. */
export const CONFIG_FILES = [
  'authentication.yaml',
  'authorization.yaml',
  'encryption.yaml',
  'audit-policy.yaml',
  'admission-control.yaml',
] as const
export type ConfigFile = (typeof CONFIG_FILES)[number]

/** The control-plane files that every backend has, under the names that `edit` uses. */
export const controlPlaneFiles = (places: FilePlaces): readonly ControlPlaneFile[] => [
  {
    name: 'kube-apiserver.yaml',
    path: places.manifest('kube-apiserver'),
    about: 'static Pod of the API server: its flags',
    takesEffect: 'restart',
    component: 'kube-apiserver',
  },
  {
    name: 'authentication.yaml',
    path: join(places.config, 'authentication.yaml'),
    about: 'who gets in: anonymous requests, OIDC issuers (the anonymous block needs a restart)',
    takesEffect: 'reload',
    component: 'kube-apiserver',
  },
  {
    name: 'authorization.yaml',
    path: join(places.config, 'authorization.yaml'),
    about: 'who decides what is allowed, in which order',
    takesEffect: 'reload',
    component: 'kube-apiserver',
  },
  {
    name: 'encryption.yaml',
    path: join(places.config, 'encryption.yaml'),
    about: 'how Secrets are written to etcd',
    takesEffect: 'reload',
    component: 'kube-apiserver',
  },
  {
    name: 'audit-policy.yaml',
    path: join(places.config, 'audit-policy.yaml'),
    about: 'what the audit log records',
    takesEffect: 'restart',
    component: 'kube-apiserver',
  },
  {
    name: 'admission-control.yaml',
    path: join(places.config, 'admission-control.yaml'),
    about: 'settings of admission plugins, such as the defaults of PodSecurity',
    takesEffect: 'restart',
    component: 'kube-apiserver',
  },
  {
    name: 'kube-controller-manager.yaml',
    path: places.manifest('kube-controller-manager'),
    about: 'static Pod of the control loops: their flags',
    takesEffect: 'restart',
    component: 'kube-controller-manager',
  },
  {
    name: 'etcd.yaml',
    path: places.manifest('etcd'),
    about: 'static Pod of the database: its flags',
    takesEffect: 'restart',
    component: 'etcd',
  },
]

/** The one of `files` with that name. Throws UserError that lists the names. */
export const fileNamed = (files: readonly ControlPlaneFile[], name: string): ControlPlaneFile => {
  const found = files.find((file) => file.name === name || file.name === `${name}.yaml`)
  if (found) return found
  throw new UserError({
    what: `There is no control-plane file "${name}".`,
    next: `Choose one of: ${files.map((file) => file.name).join(', ')}.`,
  })
}

/** One sentence about a config file that is no YAML, or undefined. */
export const yamlMistake = (file: ControlPlaneFile, text: string): string | undefined => {
  const problem = parseDocument(text).errors[0]
  if (!problem) return undefined
  const line = problem.message.split('\n')[0]?.replace(/:$/, '')
  return `${file.name} is not valid YAML: ${line}. ${file.component} keeps what it has read before.`
}

/** When a file that is read again while the component runs will count. */
export const reloadNote = (name: string): string =>
  name === 'authentication.yaml'
    ? 'kube-apiserver reads it again within a minute; an "anonymous" block only at start: k8s-sec-lab cluster restart kube-apiserver'
    : 'kube-apiserver reads it again within a minute.'
