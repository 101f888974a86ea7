import { UserError } from '../core/errors.ts'

export type PlatformName = 'linux-x64' | 'linux-arm64' | 'darwin-x64' | 'darwin-arm64'

const KNOWN: readonly PlatformName[] = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']

/** What Go calls a platform: `linux`/`darwin` and `amd64`/`arm64`. Release files are named with it. */
export const goPlatform = (
  platform: PlatformName,
): { readonly os: 'linux' | 'darwin'; readonly arch: 'amd64' | 'arm64' } => ({
  os: platform.startsWith('linux') ? 'linux' : 'darwin',
  arch: platform.endsWith('x64') ? 'amd64' : 'arm64',
})

/** The name of this platform, or why the lab cannot run on it and what to do. */
export const platformOf = (
  os: string,
  arch: string,
): { readonly name: PlatformName } | { readonly what: string; readonly next: string } => {
  const name = KNOWN.find((known) => known === `${os}-${arch}`)
  if (name) return { name }
  if (os === 'win32') {
    return {
      what: 'The lab does not run on Windows itself: the control plane needs Linux.',
      next: 'Install WSL 2 (`wsl --install`), and start the lab inside its Linux shell.',
    }
  }
  return {
    what: `There are no Kubernetes programs for ${os} on ${arch}.`,
    next: 'Use Linux or macOS on x64 or arm64.',
  }
}

/** Like `platformOf`, for callers that cannot go on without: throws UserError (exit code 3). */
export const requirePlatform = (os: string, arch: string): PlatformName => {
  const platform = platformOf(os, arch)
  if ('name' in platform) return platform.name
  throw new UserError({ ...platform, exitCode: 3 })
}
