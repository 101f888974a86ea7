#!/usr/bin/env bash
# dress.sh FOLDER KIND-FILES BIN: makes a Debian root a node of kind: kind's own files, the kubelet and its tools.
# The order follows the Dockerfile of kind's base image, where each line has its reason.
set -euo pipefail
folder=$1 files=$2 bin=$3
here=$(dirname "$0")

# Module caches are read-only; programs are the files that kind keeps in a folder named bin.
cp -r --no-preserve=mode,ownership "$files/." "$folder/"
chmod 0755 "$folder"/usr/local/bin/{entrypoint,clean-install} "$folder"/kind/bin "$folder"/kind/bin/*.sh

for name in kubelet kubeadm kubectl; do install -m 0755 "$bin/$name" "$folder/usr/bin/$name"; done
"$bin/kubelet" --version | awk '{ printf "%s", $2 }' >"$folder/kind/version"

wants="$folder/lib/systemd/system"
rm -f "$wants/sysinit.target.wants/systemd-tmpfiles-setup.service" "$wants"/multi-user.target.wants/* \
  "$folder"/etc/systemd/system/*.wants/* "$wants"/local-fs.target.wants/* "$wants"/sockets.target.wants/*udev* \
  "$wants"/sockets.target.wants/*initctl* "$wants"/basic.target.wants/*
echo 'ReadKMsg=no' >>"$folder/etc/systemd/journald.conf"
ln -sf /lib/systemd/systemd "$folder/usr/sbin/init"
chroot "$folder" systemctl --quiet enable kubelet.service containerd.service undo-mount-hacks.service
chroot "$folder" systemctl --quiet mask systemd-binfmt.service
mkdir -p "$folder/etc/kubernetes/manifests" "$folder/kind/manifests"

# kind's unit starts containerd from where kind builds it to.
for name in containerd ctr containerd-shim-runc-v2; do ln -sf "/usr/bin/$name" "$folder/usr/local/bin/$name"; done
# Where CAP_SYS_RESOURCE is missing nobody may lower an oom_score_adj; asking for less harms nowhere.
sed -i 's/restrict_oom_score_adj = false/restrict_oom_score_adj = true/' "$folder/etc/containerd/config.toml"
chroot "$folder" ctr oci spec | jq \
  '.hooks.createContainer += [{path: "/kind/bin/mount-product-files.sh"}] | del(.process.rlimits)' \
  >"$folder/etc/containerd/cri-base.json"

# The network: each Pod has a link of its own to the node, which routes between them. One node, so one range.
mkdir -p "$folder/opt/cni/bin" "$folder/etc/cni/net.d"
for name in host-local loopback portmap ptp; do cp "$folder/usr/lib/cni/$name" "$folder/opt/cni/bin/$name"; done
install -m 0644 "$here/10-k8s-sec-lab.conflist" "$folder/etc/cni/net.d/"
install -m 0644 "$here/default-cni.yaml" "$here/default-storage.yaml" "$folder/kind/manifests/"
