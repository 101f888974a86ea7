import { homedir } from 'node:os'
import { join } from 'node:path'

/** The tool cache that tests share, outside the checkout: `K8S_SEC_LAB_CACHE`, else the lab's own default folder. */
export const toolCache = (): string =>
  process.env.K8S_SEC_LAB_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'k8s-sec-lab')
