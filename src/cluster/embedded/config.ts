import { CONFIG_FILES, type ConfigFile } from '../control-plane-files.ts'
import type { Layout } from './layout.ts'
import type { Ports } from './ports.ts'
import { fillProfile, type Profile } from './profile.ts'

/** First contents of the config files that kube-apiserver is started with; learners edit them later. */
export const renderConfig = (
  profile: Profile,
  at: { readonly layout: Layout; readonly ports: Ports },
): Readonly<Record<ConfigFile, string>> =>
  Object.fromEntries(
    CONFIG_FILES.map((name) => [name, fillProfile(profile.config[name], { ...at, file: `config/${name}` })]),
  ) as Record<ConfigFile, string>

/** A kubeconfig with everything inside it, for one client certificate. */
export const renderKubeconfig = (options: {
  readonly server: string
  readonly ca: string
  readonly cert: string
  readonly key: string
  readonly user: string
}): string => {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  return `apiVersion: v1
kind: Config
clusters:
  - name: k8s-sec-lab
    cluster:
      server: ${options.server}
      certificate-authority-data: ${base64(options.ca)}
users:
  - name: ${options.user}
    user:
      client-certificate-data: ${base64(options.cert)}
      client-key-data: ${base64(options.key)}
contexts:
  - name: k8s-sec-lab
    context:
      cluster: k8s-sec-lab
      user: ${options.user}
current-context: k8s-sec-lab
`
}
