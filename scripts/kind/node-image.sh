#!/usr/bin/env bash
# Makes a node image for kind on a machine that cannot pull one, and prints its name. From Debian packages, the files
# of kind's own base image, and Kubernetes as released or built from its modules. The name carries a hash of the recipe:
# the same recipe is made once, and then taken from the engine or from the cache.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR source=debian.sh
source "$(dirname "$0")/debian.sh"
here=$(cd "$(dirname "$0")" && pwd)
PATH="$PATH:/usr/sbin:/sbin"

lock
# Not from PATH: the node needs these very versions, linked statically.
export K8S_SEC_LAB_TOOL_SOURCES="${K8S_SEC_LAB_TOOL_SOURCES:-cache,download,build}"
tools=$(cd "$root" && node dist/cli.js tools install node-image kind 9>&- | sort)
tool() { sed -n "s/^$1: //p" <<<"$tools"; }

# A tool's folder in the cache is named by its recipe, so that names are enough.
recipe=$(
  while read -r _ path; do printf '%s/%s %s\n' "$(basename "$(dirname "$path")")" "$(basename "$path")" "$(stat -c %s "$path")"; done <<<"$tools"
  cat "$here/node-image.sh" "$here"/node/*
)
version=$("$(tool kubeadm)" version --output short)
tag="k8s-sec-lab.local/node:$version-$(sha256sum <<<"$recipe" | cut -c 1-12)"
archive="$cache/node-${tag##*:}.tar"

if have_image "$tag" "$archive"; then
  echo "$tag"
  exit 0
fi

command -v go >/dev/null || fail 'Go is needed to fetch the files of kind. Install Go, or carry an image from a machine that has it.'
need_debian

draft
mkdir "$work/bin"
while read -r name path; do ln -s "$path" "$work/bin/${name%:}"; done <<<"$tools"

say 'Debian packages'
"$here/node/rootfs.sh" "$work/root" 9>&-

say 'the files of kind'
release=$("$(tool kind)" version --quiet)
kind=$(go mod download -json "sigs.k8s.io/kind@v${release#v}" | jq -r .Dir)
"$here/node/dress.sh" "$work/root" "$kind/images/base/files" "$work/bin"

say 'images of the control plane'
prefix=k8s-sec-lab.local/draft/
"$here/node/component-images.sh" "$work/root" "$work/bin" "$work/images.tar" "$prefix"

say 'the node image'
base="k8s-sec-lab.local/node-draft:$$"
maker="k8s-sec-lab-node-draft-$$"
trap 'docker rm -f "$maker" >/dev/null 2>&1 || true; docker rmi "$base" >/dev/null 2>&1 || true; rm -rf --one-file-system "$work"' EXIT
tar -C "$work/root" --numeric-owner --one-file-system -c . | docker import - "$base" >/dev/null
# containerd itself takes the images in, in a container that only lives for that. They are unpacked in the cluster.
# Its signal to stop becomes the image's: the one at which systemd shuts down.
docker run --name "$maker" --stop-signal SIGRTMIN+3 --privileged --network none -v "$work/images.tar:/images.tar:ro" -v "$here/node/take-in.sh:/take-in.sh:ro" "$base" \
  bash /take-in.sh "$prefix" >/dev/null
docker commit \
  --change 'ENV container=docker' \
  --change 'CMD []' \
  --change 'ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]' \
  "$maker" "$tag" >/dev/null
keep_image "$tag" "$archive"
say "made $tag, kept as $archive ($SECONDS s)"
echo "$tag"
