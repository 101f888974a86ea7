# shellcheck shell=bash
# Debian packages into folders, without installing anything here. To be sourced, after common.sh.

# What mmdebstrap needs on this machine.
need_debian() {
  local packages=() name
  [ "$(id -u)" -eq 0 ] || fail 'only root can make a root folder from Debian packages. Run this as root, or carry the image from a machine where you are.'
  command -v apt-get >/dev/null || fail 'the image is made from Debian packages, and this is no Debian. Carry it from a machine that is.'
  for name in mmdebstrap jq; do command -v "$name" >/dev/null || packages+=("$name"); done
  [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || packages+=(debian-archive-keyring)
  if [ "${#packages[@]}" -gt 0 ]; then
    apt_install "${packages[@]}"
    say "installed ${packages[*]}"
  fi
}

# Site of an archive as apt on this machine is set up with.
debian_site() {
  # shellcheck disable=SC2016 # apt reads the $
  apt-get indextargets --format '$(SITE)' 'Created-By: Packages' "Label: $1" | head -n 1
}

# debian_folder SUITE FOLDER ARGUMENT…: a folder from that suite and its security updates, whatever this machine runs.
debian_folder() {
  local suite=$1 folder=$2 archive security keyring='signed-by=/usr/share/keyrings/debian-archive-keyring.gpg'
  shift 2
  # Without lists of packages apt knows no sites.
  [ -n "$(debian_site Debian)" ] || apt-get update -qq
  archive=$(debian_site Debian) security=$(debian_site Debian-Security)
  [ -n "$archive" ] || fail 'apt on this machine knows no mirror of Debian. Add one to its sources, or carry the image from another machine.'
  {
    echo "deb [$keyring] $archive $suite main"
    [ -z "$security" ] || echo "deb [$keyring] $security $suite-security main"
  } | quietly mmdebstrap --quiet --mode=root --format=directory "$@" "$suite" "$folder" - ||
    fail "no Debian $suite could be made. The lines above say why."
}
