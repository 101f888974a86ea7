/** All kinds of check, by the name that a lesson writes under `kind`. */
import type { CheckKind } from './kind.ts'
import { access } from './kinds/access.ts'
import { admission } from './kinds/admission.ts'
import { answer } from './kinds/answer.ts'
import { component } from './kinds/component.ts'
import { controlPlaneFile } from './kinds/control-plane-file.ts'
import { file } from './kinds/file.ts'
import { identity } from './kinds/identity.ts'
import { kubelet } from './kinds/kubelet.ts'
import { node } from './kinds/node.ts'
import { object } from './kinds/object.ts'
import { parameterAccess } from './kinds/parameter-access.ts'
import { params } from './kinds/params.ts'
import { pod } from './kinds/pod.ts'
import { ports } from './kinds/ports.ts'
import { reachable } from './kinds/reachable.ts'
import { registryManifest } from './kinds/registry-manifest.ts'
import { request } from './kinds/request.ts'
import { rules } from './kinds/rules.ts'
import { scanReportKind } from './kinds/scan-report.ts'
import { script } from './kinds/script.ts'
import { sealed } from './kinds/sealed.ts'
import { secret } from './kinds/secret.ts'
import { stored } from './kinds/stored.ts'
import { synced } from './kinds/synced.ts'
import { tokenRequest } from './kinds/token-request.ts'
import { vault } from './kinds/vault.ts'

export const checkKinds: ReadonlyMap<string, CheckKind> = new Map(
  [
    object,
    rules,
    access,
    admission,
    request,
    identity,
    stored,
    secret,
    sealed,
    component,
    controlPlaneFile,
    tokenRequest,
    file,
    answer,
    params,
    pod,
    node,
    kubelet,
    ports,
    reachable,
    synced,
    vault,
    parameterAccess,
    script,
    scanReportKind,
    registryManifest,
  ].map((kind) => [kind.kind, kind]),
)

/** The kind of that name, or undefined. */
export const checkKind = (name: string): CheckKind | undefined => checkKinds.get(name)
