#!/usr/bin/env bash
# component-images.sh ROOT BIN OUT PREFIX: one archive with the images that kubeadm starts a control plane from. Each
# holds one static program and nothing else; only kube-proxy needs more. Their names are those kubeadm asks for behind a
# prefix, so that images of the same name in this machine's engine stay what they are.
set -euo pipefail
node=$1 bin=$2 out=$3 prefix=$4
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "$(dirname "$out")/images.XXXXXX")
path='ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
images=()
# They are only made to be packed.
trap '[ "${#images[@]}" -eq 0 ] || docker rmi "${images[@]}" >/dev/null; rm -rf "$work"' EXIT

# image TAG FOLDER [CHANGE…]
image() {
  local tag=$prefix$1 folder=$2 changes=(--change "$path") change
  shift 2
  for change in "$@"; do changes+=(--change "$change"); done
  tar -C "$folder" --numeric-owner -c . | docker import "${changes[@]}" - "$tag" >/dev/null
  images+=("$tag")
}

# scratch NAME PROGRAM…: a root with programs in /usr/local/bin.
scratch() {
  local folder="$work/$1" program
  shift
  mkdir -p "$folder/usr/local/bin" "$folder/tmp"
  chmod 1777 "$folder/tmp"
  for program in "$@"; do install -m 0755 "$program" "$folder/usr/local/bin/"; done
  printf '%s' "$folder"
}

# What this kubeadm asks for, by name: registry.k8s.io/…:tag.
wanted() {
  "$bin/kubeadm" config images list --kubernetes-version "$version" 2>/dev/null | grep "/$1:"
}
version=$("$bin/kubeadm" version --output short)

for name in kube-apiserver kube-controller-manager kube-scheduler; do
  image "$(wanted "$name")" "$(scratch "$name" "$bin/$name")" "ENTRYPOINT [\"/usr/local/bin/$name\"]"
done
image "$(wanted etcd)" "$(scratch etcd "$bin/etcd" "$bin/etcdctl")" 'ENTRYPOINT ["/usr/local/bin/etcd"]'
image "$(wanted coredns)" "$(scratch coredns "$bin/coredns")" 'ENTRYPOINT ["/usr/local/bin/coredns"]'

CGO_ENABLED=0 GOWORK=off go build -trimpath -ldflags '-s -w' -o "$work/pause" "$here/pause.go"
pause=$(scratch pause-root "$work/pause")
# kubeadm and the configuration of containerd may name different versions of it.
sandbox=$(sed -n 's/.*sandbox_image = "\(.*\)"/\1/p' "$node/etc/containerd/config.toml")
for tag in $(printf '%s\n' "$(wanted pause)" "$sandbox" | sort -u); do
  image "$tag" "$pause" 'ENTRYPOINT ["/usr/local/bin/pause"]' 'USER 65535:65535'
done

# kube-proxy calls iptables and conntrack: those of the node, with the libraries they are linked with.
proxy=$(scratch kube-proxy)
install -m 0755 "$bin/kube-proxy" "$proxy/usr/local/bin/kube-proxy.real"
install -m 0755 "$here/kube-proxy.sh" "$proxy/usr/local/bin/kube-proxy"
programs=(/usr/sbin/xtables-nft-multi /usr/sbin/xtables-legacy-multi /usr/sbin/conntrack /usr/sbin/nft /usr/bin/dash /usr/bin/ln /usr/bin/kmod)
mapfile -t extensions < <(cd "$node" && find usr/lib -path '*/xtables/*.so' -printf '/%p\n')
mapfile -t libraries < <(chroot "$node" ldd "${programs[@]}" "${extensions[@]}" 2>/dev/null | grep -o '=> /[^ ]*\|^\s*/[^ :]* (' | tr -d '=>( \t' | sort -u)
mkdir -p "$proxy/usr/"{bin,sbin,lib,lib64}
for link in bin sbin lib lib64; do ln -s "usr/$link" "$proxy/$link"; done
tar -C "$node" --dereference -c "${programs[@]/#/.}" "${libraries[@]/#/.}" "${extensions[@]/#/.}" | tar -C "$proxy" --keep-directory-symlink -x
ln -s dash "$proxy/usr/bin/sh"
ln -s ../bin/kmod "$proxy/usr/sbin/modprobe"
for mode in nft legacy; do
  for name in iptables ip6tables; do ln -s "xtables-$mode-multi" "$proxy/usr/sbin/$name-$mode"; done
done
image "$(wanted kube-proxy)" "$proxy" 'ENTRYPOINT ["/usr/local/bin/kube-proxy"]'

docker save "${images[@]}" -o "$out"
