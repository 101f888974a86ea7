import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CLI, runProgram } from './lab.ts'
import { toolCache } from './tool-cache.ts'

/** Gets the tools once, through the built program itself, so that no test waits for a first build. */
export const setup = async (): Promise<void> => {
  const home = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-tools-'))
  try {
    const names = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl']
    const env = {
      ...(process.env as Record<string, string>),
      K8S_SEC_LAB_HOME: home,
      K8S_SEC_LAB_CACHE: toolCache(),
      K8S_SEC_LAB_TOOL_SOURCES: process.env.K8S_SEC_LAB_TOOL_SOURCES ?? 'cache,build',
    }
    const { code, stdout, stderr } = await runProgram([process.execPath, CLI, 'tools', 'install', ...names], env)
    if (code !== 0) throw new Error(`The tools for the end-to-end tests could not be had:\n${stdout}\n${stderr}`)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
