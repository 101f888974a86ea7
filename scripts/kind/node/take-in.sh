#!/usr/bin/env bash
# take-in.sh PREFIX, inside a container of the node: imports /images.tar into containerd's own store, and takes the
# prefix off the names.
set -euo pipefail
prefix=$1
images() { ctr --namespace k8s.io images "$@"; }

containerd --log-level error &
until ctr version >/dev/null 2>&1; do
  kill -0 $! || exit 1
  sleep 0.1
done
images import --no-unpack --all-platforms /images.tar
images list --quiet | grep "^$prefix" | while read -r name; do
  images tag "$name" "${name#"$prefix"}"
  images rm "$name"
done
kill $!
wait $! || true
