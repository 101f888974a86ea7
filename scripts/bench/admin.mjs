// Plain HTTPS requests as the cluster's admin, without any client of the lab's.
import { readFileSync } from 'node:fs'
import https from 'node:https'
import { parse } from 'yaml'

/** Answers `request({ method, path, body })`, which resolves with the HTTP status, or undefined when nothing answers. */
export const adminOf = (kubeconfig) => {
  const config = parse(readFileSync(kubeconfig, 'utf8'))
  const { server, 'certificate-authority-data': ca } = config.clusters[0].cluster
  const { 'client-certificate-data': cert, 'client-key-data': key } = config.users[0].user
  const decode = (data) => Buffer.from(data, 'base64')
  const agent = new https.Agent({ keepAlive: true, ca: decode(ca), cert: decode(cert), key: decode(key) })
  const request = ({ method = 'GET', path, body }) =>
    new Promise((resolve) => {
      const headers = body === undefined ? {} : { 'content-type': 'application/merge-patch+json' }
      const outgoing = https.request(`${server}${path}`, { agent, method, headers, timeout: 10_000 }, (reply) =>
        reply.resume().on('end', () => resolve(reply.statusCode)),
      )
      outgoing.on('timeout', () => outgoing.destroy())
      outgoing.on('error', () => resolve(undefined))
      outgoing.end(body === undefined ? undefined : JSON.stringify(body))
    })
  return { request, close: () => agent.destroy() }
}
