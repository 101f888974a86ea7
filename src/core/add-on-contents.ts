/** What lessons put into add-ons that keep something themselves. */

/** What the add-on vault is given: paths below secret/ with their keys, policies, logins and tokens. */
export type VaultContents = {
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** By name; HCL. */
  readonly policies: Readonly<Record<string, string>>
  /** Logins of ServiceAccounts, by name. */
  readonly roles: Readonly<
    Record<string, { readonly account: string; readonly audience: string; readonly policies: readonly string[] }>
  >
  readonly tokens: readonly {
    readonly id: string
    readonly name: string
    readonly policies: readonly string[]
    /** It was a token once: Vault does not know it any more. */
    readonly revoked?: boolean
  }[]
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
