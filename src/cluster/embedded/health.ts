import { get as getHttp } from 'node:http'
import { get as getHttps } from 'node:https'
import type { HttpProbe } from '../static-pod.ts'

/**
 * Asks like a kubelet would: no credential, no look at the server's certificate. Answers the HTTP status, or
 * undefined when nothing answered in time.
 */
export const askProbe = (probe: HttpProbe, timeoutMs = probe.timeoutSeconds * 1000): Promise<number | undefined> =>
  new Promise((resolve) => {
    const options = { host: probe.host, port: probe.port, path: probe.path, agent: false, timeout: timeoutMs }
    const request = probe.scheme === 'HTTPS' ? getHttps({ ...options, rejectUnauthorized: false }) : getHttp(options)
    const deadline = setTimeout(() => request.destroy(), timeoutMs)
    const finish = (status: number | undefined) => {
      clearTimeout(deadline)
      resolve(status)
    }
    request.once('response', (response) => {
      response.resume()
      finish(response.statusCode)
    })
    request.once('error', () => finish(undefined))
    request.once('close', () => finish(undefined))
  })

/** What a kubelet takes as healthy. */
export const isHealthy = (status: number | undefined): boolean => status !== undefined && status >= 200 && status < 400
