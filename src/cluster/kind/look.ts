import type { EngineCli } from './engine-cli.ts'
import { type KindComponent, NODE } from './layout.ts'
import { execOnNode } from './node.ts'

/** A container of a static Pod, as the container runtime of the node knows it. */
export type Container = {
  readonly id: string
  readonly state: 'created' | 'running' | 'exited'
  readonly createdAt: number // milliseconds since the epoch
  /** How often this Pod's container was started before. */
  readonly attempt: number
  /** uid of its Pod: the kubelet makes it of what the manifest says. */
  readonly pod: string
}

/** What can be seen of a component on its node. */
export type Sight = {
  /** Its manifest is there; for the kubelet: its unit is known to systemd. */
  readonly present: boolean
  readonly containers: readonly Container[] // newest first
  readonly pid?: number
  /** HTTP status of its health check, 0 when nothing answered. Asked only while it runs. */
  readonly health?: number
  /** The end of the log of the newest container that ended, or of the unit that does not run. */
  readonly words: readonly string[]
  /** For the kubelet, instead of containers. */
  readonly unit?: Readonly<Record<string, string>>
}

/*
 * One shell on the node looks at everything at once: starting a process in a container costs more than all it does there.
 * Containers are found by the links that the kubelet makes to their logs, and run when containerd has a task for them.
 * One without a task has ended, or is about to start: then its log is new and empty. A task is CREATED for the moment before
 * it runs. The components are looked at side by side, as each is asked for its health. Answers lines of fields with tabs
 * between them: what, name, value.
 */
const LOOK = `
flag() { sed -n "s|.*--$2=\\([^,\\"' ]*\\).*|\\1|p" "$1" | head -n 1; }
ask() { curl -sk -m 2 -o /dev/null -w '%{http_code}' "$@" || true; }
say() { printf '%s\\t%s\\t%s\\n' "$1" "$2" "$3"; }
lines() { while IFS= read -r line; do say words "$1" "$line"; done; }
host=$(hostname)
tasks=$(ctr --namespace k8s.io tasks list 2>/dev/null)
now=$(date +%s%3N)
sight() {
  name=$1
  if [ "$name" = kubelet ]; then
    unit=$(systemctl show kubelet --timestamp=unix -p LoadState -p ActiveState -p SubState -p NRestarts -p MainPID \
      -p ExecMainStartTimestamp)
    printf '%s\\n' "$unit" | while IFS= read -r line; do say unit kubelet "$line"; done
    begun=$(printf '%s\\n' "$unit" | sed -n 's/^ExecMainStartTimestamp=@//p')
    say unit kubelet "Age=$((now / 1000 - \${begun:-0}))"
    # Not asked anew: one that comes and goes would be seen as failed, and then its words would not be read.
    health=
    case "$unit" in *ActiveState=active*) health=$(ask http://127.0.0.1:10248/healthz); say health kubelet "$health";; esac
    [ "$health" = 200 ] || journalctl -u kubelet -n 40 -o cat --no-pager | lines kubelet
    return
  fi
  manifest=${NODE.manifests}/$name.yaml
  [ -e "$manifest" ] && say present "$name" yes
  newest=
  find /var/log/containers -name "$name-\${host}_kube-system_$name-*.log" -printf '%T@ %f %l\\n' 2>/dev/null | sort -rn |
    while read -r time link target; do
      id=\${link##*-}; id=\${id%.log}; attempt=\${target##*/}; attempt=\${attempt%.log}
      pod=\${target%/*/*}; pod=\${pod##*_}
      made=$(printf '%s' "$time" | sed 's/\\.\\(...\\).*/\\1/')
      task=$(printf '%s\\n' "$tasks" | grep "^$id ")
      [ -z "$task$newest" ] && task=$(ctr --namespace k8s.io tasks list | grep "^$id ")
      set -- $task
      state=exited
      [ "\${3:-}" = RUNNING ] && state=running
      [ "\${3:-}" = CREATED ] && state=created
      [ $# -eq 0 ] && [ $((now - made)) -lt 30000 ] && [ ! -s "$target" ] && state=created
      say container "$name" "$id $state $made $attempt $pod"
      [ -n "$newest" ] && continue
      newest=$id
      if [ "$state" = running ]; then
        say pid "$name" "$2"
        [ -e "$manifest" ] || continue
        port=$(flag "$manifest" secure-port)
        case "$name" in
          etcd) url=$(flag "$manifest" listen-metrics-urls); say health "$name" "$(ask "\${url:-http://127.0.0.1:2381}/readyz")";;
          kube-apiserver) say health "$name" "$(ask --cert ${NODE.pki}/apiserver-kubelet-client.crt --key ${NODE.pki}/apiserver-kubelet-client.key "https://127.0.0.1:\${port:-6443}/readyz")";;
          kube-controller-manager) say health "$name" "$(ask "https://127.0.0.1:\${port:-10257}/healthz")";;
          kube-scheduler) say health "$name" "$(ask "https://127.0.0.1:\${port:-10259}/healthz")";;
        esac
      elif [ "$state" = exited ]; then
        tail -c 32768 "$target" 2>/dev/null | tail -n 40 | sed 's/^[^ ]* [^ ]* [FP] //' | lines "$name"
      fi
    done
}
for each in "$@"; do sight "$each" & done
wait`

/** Looks at components. Throws UserError when the node does not run. */
export const look = async <Name extends KindComponent>(
  engine: EngineCli,
  node: string,
  names: readonly Name[],
  signal?: AbortSignal,
): Promise<Readonly<Record<Name, Sight>>> => {
  const { stdout } = await execOnNode(engine, node, ['sh', '-c', LOOK, 'sh', ...names], { timeoutMs: 20_000, signal })
  return sightsIn(stdout, names)
}

/** Reads what LOOK printed. */
export const sightsIn = <Name extends string>(text: string, names: readonly Name[]): Readonly<Record<Name, Sight>> => {
  const rows = text.split('\n').map((line) => line.split('\t'))
  const sightOf = (name: string): Sight => {
    const values = (what: string) =>
      rows.filter((row) => row[0] === what && row[1] === name).map((row) => row.slice(2).join('\t'))
    const unit = Object.fromEntries(
      values('unit').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    )
    const pid = Number(values('pid')[0] ?? unit.MainPID)
    const health = values('health')[0]
    return {
      present: values('present').length > 0 || unit.LoadState === 'loaded',
      containers: values('container').map((value) => {
        const [id = '', state = '', created = '0', attempt = '0', pod = ''] = value.split(' ')
        return {
          id,
          state: state as Container['state'],
          createdAt: Number(created),
          attempt: Number(attempt) || 0,
          pod,
        }
      }),
      ...(pid > 0 ? { pid } : {}),
      ...(health === undefined ? {} : { health: Number(health) }),
      words: values('words'),
      ...(Object.keys(unit).length === 0 ? {} : { unit }),
    }
  }
  return Object.fromEntries(names.map((name) => [name, sightOf(name)])) as Record<Name, Sight>
}
