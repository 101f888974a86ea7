#!/usr/bin/env bash
# rootfs.sh FOLDER: a Debian bookworm with what a node needs, from the mirrors that apt on this machine is set up with.
# bookworm whatever this machine runs: newer systemd refuses machines with the older kind of control groups.
set -euo pipefail
folder=$1
here=$(dirname "$0")
suite=bookworm

# Site of the Debian archive and of its security updates, as apt knows them; the keys are Debian's own.
site() {
  # shellcheck disable=SC2016 # apt reads the $
  apt-get indextargets --format '$(SITE)' 'Created-By: Packages' "Label: $1" | head -n 1
}
archive=$(site Debian)
security=$(site Debian-Security)
if [ -z "$archive" ]; then
  echo 'apt on this machine knows no mirror of Debian; a node image cannot be made here.' >&2
  exit 1
fi
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

{
  echo "deb [signed-by=$keyring] $archive $suite main"
  [ -z "$security" ] || echo "deb [signed-by=$keyring] $security $suite-security main"
} | mmdebstrap --quiet --mode=root --format=directory --variant=minbase \
  --include="$(paste -sd, "$here/packages.txt")" \
  --aptopt='APT::Install-Recommends "false"' \
  --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  "$suite" "$folder" -
# Where the packages came from is this machine's business, not the node's.
rm -f "$folder"/etc/apt/sources.list "$folder"/etc/apt/apt.conf.d/99mmdebstrap "$folder"/etc/resolv.conf "$folder"/etc/hostname
