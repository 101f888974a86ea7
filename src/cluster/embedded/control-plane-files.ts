import { join } from 'node:path'
import { UserError } from '../../core/errors.ts'
import type { ControlPlaneFile } from '../../core/ports.ts'
import type { Layout } from './layout.ts'

/** The control-plane files under the names that `edit` uses. */
export const controlPlaneFiles = (layout: Layout): readonly ControlPlaneFile[] => [
  {
    name: 'kube-apiserver.yaml',
    path: layout.manifest('kube-apiserver'),
    about: 'static Pod of the API server: its flags',
    takesEffect: 'restart',
    component: 'kube-apiserver',
  },
  {
    name: 'authentication.yaml',
    path: join(layout.config, 'authentication.yaml'),
    about: 'who gets in: anonymous requests, OIDC issuers (the anonymous block needs a restart)',
    takesEffect: 'reload',
    component: 'kube-apiserver',
  },
  {
    name: 'authorization.yaml',
    path: join(layout.config, 'authorization.yaml'),
    about: 'who decides what is allowed, in which order',
    takesEffect: 'reload',
    component: 'kube-apiserver',
  },
  {
    name: 'encryption.yaml',
    path: join(layout.config, 'encryption.yaml'),
    about: 'how Secrets are written to etcd',
    takesEffect: 'reload',
    component: 'kube-apiserver',
  },
  {
    name: 'audit-policy.yaml',
    path: join(layout.config, 'audit-policy.yaml'),
    about: 'what the audit log records',
    takesEffect: 'restart',
    component: 'kube-apiserver',
  },
  {
    name: 'admission-control.yaml',
    path: join(layout.config, 'admission-control.yaml'),
    about: 'settings of admission plugins, such as the defaults of PodSecurity',
    takesEffect: 'restart',
    component: 'kube-apiserver',
  },
  {
    name: 'kube-controller-manager.yaml',
    path: layout.manifest('kube-controller-manager'),
    about: 'static Pod of the control loops: their flags',
    takesEffect: 'restart',
    component: 'kube-controller-manager',
  },
  {
    name: 'etcd.yaml',
    path: layout.manifest('etcd'),
    about: 'static Pod of the database: its flags',
    takesEffect: 'restart',
    component: 'etcd',
  },
]

/** The file with that name. Throws UserError that lists the names. */
export const controlPlaneFile = (layout: Layout, name: string): ControlPlaneFile => {
  const files = controlPlaneFiles(layout)
  const found = files.find((file) => file.name === name || file.name === `${name}.yaml`)
  if (found) return found
  throw new UserError({
    what: `There is no control-plane file "${name}".`,
    next: `Choose one of: ${files.map((file) => file.name).join(', ')}.`,
  })
}
