/** Add-ons that write or fill in objects, so that "not yet" may be theirs. Their names are those of src/addons. */

/** By API group: who reports in the status of these objects, and whom it has to ask first. */
const REPORTERS: Readonly<Record<string, readonly string[]>> = {
  'external-secrets.io': ['external-secrets', 'vault', 'parameter-store'],
  'bitnami.com': ['sealed-secrets'],
}

/** By kind: whose work these objects may be. */
const MAKERS: Readonly<Record<string, readonly string[]>> = {
  'v1 Secret': [...new Set(Object.values(REPORTERS).flat())],
  'wgpolicyk8s.io/v1alpha2 PolicyReport': ['kyverno'],
}

/**
 * Whose work an object may be waiting for. `failed`: CEL over it that does not hold. A Secret or a report may be one that
 * a controller makes; an object that a controller only reports on is the learner's, all but its status.
 */
export const ofObject = (
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  { missing, failed }: { readonly missing: boolean; readonly failed: readonly string[] } = {
    missing: true,
    failed: [],
  },
): readonly string[] => {
  const makers = MAKERS[`${apiVersion} ${kind}`]
  if (makers) return makers
  const [group = ''] = apiVersion.split('/')
  const isAboutStatus = !missing && failed.length > 0 && failed.every((expression) => /\.status\b/.test(expression))
  return isAboutStatus ? (REPORTERS[group] ?? []) : []
}
