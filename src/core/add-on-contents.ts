/** What lessons put into add-ons that keep something themselves. */

/** Paths below secret/ with their keys, and tokens of the add-on vault. */
export type VaultContents = {
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly tokens: readonly { readonly id: string; readonly name: string; readonly policies: readonly string[] }[]
}

/** A container image of text files: a layer for each map of paths, without a leading slash, to texts. */
export type ImageContents = {
  readonly layers: readonly Readonly<Record<string, string>>[]
  readonly labels?: Readonly<Record<string, string>>
}

/** An image that begin pushes; its digest becomes ((captured.NAME)) for `capture`. */
export type RegistryImage = ImageContents & {
  readonly repository: string
  /** None: it is stored under its digest alone. */
  readonly tags: readonly string[]
  readonly capture?: string
}
