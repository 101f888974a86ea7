#!/usr/bin/env bash
# Gives this machine a container engine for kind. Where `docker info` answers, nothing is done at all. Else, as root on
# Debian: installs docker.io, and starts it. No right is asked for that this shell does not have.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

runtime=/usr/local/lib/k8s-sec-lab/runc
config=/etc/docker/daemon.json
log=/var/log/k8s-sec-lab-dockerd.log
PATH="$PATH:/usr/sbin:/sbin"

# Capability 24 is CAP_SYS_RESOURCE.
lacks_sys_resource() {
  local bounding
  bounding=$(awk '$1 == "CapBnd:" { print $2 }' /proc/self/status)
  (((16#$bounding >> 24 & 1) == 0))
}

# Each node runs systemd, containerd and a kubelet, and each of them watches files. kind's own list of known issues asks
# for 512; some kernels start with 128, which three or four nodes use up, and then a node dies without a word.
instances=/proc/sys/fs/inotify/max_user_instances
if [ -w "$instances" ] && [ "$(cat "$instances")" -lt 512 ] && echo 512 2>/dev/null >"$instances"; then
  say 'fs.inotify.max_user_instances is 512 now, until the next boot'
fi

if docker info >/dev/null 2>&1; then
  say "the engine answers: $(docker info --format '{{.OperatingSystem}}, {{.Driver}}, version {{.ServerVersion}}')"
  exit 0
fi

[ "$(id -u)" -eq 0 ] || fail 'no container engine answers (docker info fails), and only root can set one up. Start Docker, or run this as root.'
command -v apt-get >/dev/null || fail 'no container engine answers, and this is no Debian: install Docker, start it, and run this again.'
lock

packages=()
for pair in dockerd:docker.io containerd:containerd iptables:iptables jq:jq; do
  command -v "${pair%%:*}" >/dev/null || packages+=("${pair##*:}")
done
if [ "${#packages[@]}" -gt 0 ]; then
  apt_install "${packages[@]}"
  say "installed ${packages[*]}"
fi

# Some machines never had CAP_SYS_RESOURCE to give. There runc refuses a privileged container, because Docker asks for
# every capability; a small program in front of runc takes that one off the list.
if lacks_sys_resource; then
  install -D -m 0755 "$(dirname "$0")/engine/runc-without-sys-resource.sh" "$runtime"
  wanted=$(jq -n --arg path "$runtime" '{"default-runtime": "k8s-sec-lab", runtimes: {"k8s-sec-lab": {path: $path}}}')
  if [ ! -e "$config" ]; then
    mkdir -p "$(dirname "$config")"
    printf '%s\n' "$wanted" >"$config"
    say "wrote $config: this machine lacks CAP_SYS_RESOURCE, containers do without"
  elif [ "$(jq -S . "$config")" != "$(jq -S . <<<"$wanted")" ]; then
    fail "this machine lacks CAP_SYS_RESOURCE, and $config is yours and stays as it is. Merge this into it and run again: $(jq -c . <<<"$wanted")"
  fi
fi

if [ -d /run/systemd/system ]; then
  systemctl start docker 9>&-
  say 'started by systemd'
else
  # 9 is the lock: a daemon would hold it for ever.
  setsid --fork dockerd >>"$log" 2>&1 </dev/null 9>&-
  say "started by hand, log in $log"
fi

deadline=$((SECONDS + 60))
until docker info >/dev/null 2>&1; do
  if [ "$SECONDS" -ge "$deadline" ]; then
    [ ! -f "$log" ] || tail -n 20 "$log" >&2
    fail 'the engine did not answer within 60 s.'
  fi
  sleep 0.2
done
say "the engine answers: $(docker info --format '{{.OperatingSystem}}, {{.Driver}}, version {{.ServerVersion}}')"
