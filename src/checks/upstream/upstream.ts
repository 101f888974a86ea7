/** A place that holds the truth about a value; a copy in the cluster has to follow it. */
export type Upstream = {
  /** "Secret vault-sim/db, key password", for sentences. */
  readonly name: string
  /** The value as it is, or undefined when there is none. */
  read(signal?: AbortSignal): Promise<string | undefined>
  /** Writes a value over it. Throws when it was not taken. */
  write(value: string, signal?: AbortSignal): Promise<void>
}
