import type { Services } from '../app/services.ts'
import type { GlobalOptions, Io } from './io.ts'

/** What every command gets: the terminal, the options that all share, and the lab's services (made when first used). */
export type CommandContext = { readonly io: Io; readonly options: GlobalOptions; readonly services: Services }
