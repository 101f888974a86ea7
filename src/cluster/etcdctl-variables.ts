/** etcdctl's variables for one client certificate. Names: etcdctl, "every flag as ETCDCTL_FLAG". */
export const etcdctlVariables = (access: {
  readonly port: number
  readonly ca: string
  readonly cert: string
  readonly key: string
}): Readonly<Record<string, string>> => ({
  ETCDCTL_ENDPOINTS: `https://127.0.0.1:${access.port}`,
  ETCDCTL_CACERT: access.ca,
  ETCDCTL_CERT: access.cert,
  ETCDCTL_KEY: access.key,
})
