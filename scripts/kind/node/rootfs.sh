#!/usr/bin/env bash
# rootfs.sh FOLDER: a Debian with what a node needs. bookworm: newer systemd refuses machines with the older kind of
# control groups, and the node shares those of its machine.
set -euo pipefail
folder=$1
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../common.sh
source "$here/../common.sh"
# shellcheck source-path=SCRIPTDIR source=../debian.sh
source "$here/../debian.sh"

# The hook makes /bin a link to /usr/bin from the start, where a package would bring Perl to do it.
debian_folder bookworm "$folder" --variant=minbase --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
  --include="$(paste -sd, "$here/packages.txt")" \
  --aptopt='APT::Install-Recommends "false"' --dpkgopt=force-unsafe-io \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*'
# Where the packages came from is this machine's business, not the node's.
rm -f "$folder"/etc/apt/sources.list "$folder"/etc/apt/apt.conf.d/99mmdebstrap "$folder"/etc/resolv.conf "$folder"/etc/hostname
