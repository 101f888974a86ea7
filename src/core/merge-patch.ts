import type { Json } from './model.ts'

const isMap = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** JSON merge patch (RFC 7396): maps are merged, null removes a field, everything else replaces. */
export const mergePatch = (target: Json | undefined, patch: Json): Json => {
  if (!isMap(patch)) return patch
  const merged = new Map<string, Json>(Object.entries(isMap(target) ? target : {}))
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key)
    else merged.set(key, mergePatch(merged.get(key), value))
  }
  return Object.fromEntries(merged)
}

/** Whether a file of seed/control-plane/ is a patch. */
export const isPatch = (path: string): boolean => path.endsWith('.patch.yaml')

/** The file that a file of seed/control-plane/ is about: kubelet-config.yaml for kubelet-config.patch.yaml. */
export const patchedName = (path: string): string => path.replace(/\.patch\.yaml$/, '.yaml')
