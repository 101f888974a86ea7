import { isOk, statusMessage } from '../core/api/reply.ts'
import type { CheckContext } from '../core/ports.ts'

/** The shortest life that the API server gives a token, in seconds. */
const SHORTEST = 600

type Wanted = { readonly audience?: string | undefined; readonly seconds?: number | undefined }
type Minted = { readonly token: string } | { readonly refused: string; readonly status: number }

/** A real, fresh token of a ServiceAccount (`namespace/name`), or why there is none. Minting one stores nothing. */
export const mintToken = async (
  serviceAccount: string,
  { probe, signal }: Pick<CheckContext, 'probe' | 'signal'>,
  { audience, seconds }: Wanted = {},
): Promise<Minted> => {
  const [namespace = '', name = ''] = serviceAccount.split('/')
  const minted = await probe.api({
    method: 'POST',
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(name)}/token`,
    signal,
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: seconds ?? SHORTEST, ...(audience ? { audiences: [audience] } : {}) },
    },
  })
  const token = (minted.json as { status?: { token?: string } } | undefined)?.status?.token
  if (isOk(minted) && token) return { token }
  return { refused: `no token for ${serviceAccount}: ${statusMessage(minted)}`, status: minted.status }
}
