/** First contents of the config files that kube-apiserver is started with; learners edit them later. */
export const CONFIG_FILES: Readonly<Record<string, string>> = {
  'authentication.yaml': `# How kube-apiserver finds out who asks, beside client certificates and ServiceAccount tokens.
# Issuers under "jwt" are picked up while it runs (within a minute).
# An "anonymous" block is read only at start; without it, requests without a credential are system:anonymous everywhere.
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
`,
  'authorization.yaml': `# Who is asked, in this order, whether a request may pass. The first one to allow or deny decides.
# Changes are picked up while kube-apiserver runs (within a minute), but the types listed are fixed at start.
apiVersion: apiserver.config.k8s.io/v1
kind: AuthorizationConfiguration
authorizers:
  - type: Node
    name: node
  - type: RBAC
    name: rbac
`,
  'encryption.yaml': `# How resources are written to etcd. The first provider writes; each one listed may read.
# "identity" means: as it is. Changes are picked up while kube-apiserver runs (within a minute).
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources:
      - secrets
    providers:
      - identity: {}
`,
  'audit-policy.yaml': `# What kube-apiserver writes to its audit log. The first rule that matches a request decides.
# Read only at start.
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
  - level: None
`,
  'admission-control.yaml': `# Settings of admission plugins. Read only at start.
apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
  - name: PodSecurity
    configuration:
      apiVersion: pod-security.admission.config.k8s.io/v1
      kind: PodSecurityConfiguration
      # used for namespaces without labels of their own
      defaults:
        enforce: privileged
        enforce-version: latest
        audit: privileged
        audit-version: latest
        warn: privileged
        warn-version: latest
      exemptions:
        usernames: []
        runtimeClasses: []
        namespaces: []
`,
}

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
