import { type Environment, type Finding, note, ok } from './finding.ts'

const NAMES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY'] as const

/** An address without the password that people put into it. */
const shown = (address: string): string => address.replace(/\/\/[^/@]*@/, '//…@')

/**
 * What a proxy means for each backend: kind hands it to its nodes, the engine pulls through its own, and nobody asks it
 * for loopback. `engineProxy`: undefined when no engine answers, '' when it has none.
 */
export const proxyFinding = (env: Environment, engineProxy: string | undefined): Finding => {
  const title = 'Proxy'
  const set = NAMES.flatMap((name) => {
    const value = env[name] || env[name.toLowerCase()]
    return value ? [`${name}=${shown(value)}`] : []
  })
  if (!set.some((each) => !each.startsWith('NO_PROXY'))) {
    return engineProxy
      ? note('proxy', title, `none in your environment; the container engine pulls through ${shown(engineProxy)}`)
      : ok('proxy', title, 'none')
  }
  const found = `${set.join(', ')}; the cluster itself is on loopback, which never goes through it`
  const fixes = [
    'embedded: downloads of the lab do not use it; let Go build the tools, or bring a filled cache.',
    ...(engineProxy === ''
      ? ['kind: the engine has no proxy of its own; set one in its settings, or it cannot pull the node image.']
      : ['kind: the nodes get it, with the cluster’s own networks added to NO_PROXY.']),
  ]
  return note('proxy', title, found, fixes.join(' '))
}
