#!/bin/sh
# kube-proxy must write its rules where the kubelet writes: the kubelet leaves a chain as a hint in one of the two tables.
set -eu
mode=nft
if ! iptables-nft -t mangle -S KUBE-IPTABLES-HINT >/dev/null 2>&1 && iptables-legacy -t mangle -S KUBE-IPTABLES-HINT >/dev/null 2>&1; then
  mode=legacy
fi
for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
  ln -sf "xtables-$mode-multi" "/usr/sbin/$name"
done
exec /usr/local/bin/kube-proxy.real "$@"
