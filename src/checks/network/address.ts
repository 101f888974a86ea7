import { BlockList, isIP } from 'node:net'

const familyOf = (address: string): 'ipv4' | 'ipv6' | undefined => {
  const version = isIP(address)
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : undefined
}

/** True if an address lies in a block like 10.0.0.0/8 or fd00::/8. The two families never meet. */
export const inBlock = (address: string, cidr: string): boolean => {
  const [network = '', length = ''] = cidr.split('/')
  const family = familyOf(network)
  if (family === undefined || family !== familyOf(address) || !/^\d+$/.test(length)) return false
  if (Number(length) > (family === 'ipv4' ? 32 : 128)) return false
  const block = new BlockList()
  block.addSubnet(network, Number(length), family)
  return block.check(address, family)
}
