/** A certificate for one server, signed by a CA that nobody keeps the key of. */
export const certify = async (names: {
  readonly dns: readonly string[]
  readonly ips: readonly string[]
}): Promise<{ readonly ca: string; readonly cert: string; readonly key: string }> => {
  const { makeCa, makeLeaf } = await import('./embedded/certificates.ts')
  const days = 3650
  const commonName = names.dns[0] ?? 'server'
  const ca = await makeCa(`${commonName} ca`, days)
  const leaf = await makeLeaf(ca, { commonName, usages: ['server'], ...names, days })
  return { ca: ca.cert, ...leaf }
}
