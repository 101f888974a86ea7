# shellcheck shell=bash
# What the scripts of this folder share: one voice, one cache, one lock. To be sourced.

# shellcheck disable=SC2034 # for those who source this
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache="${K8S_SEC_LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/k8s-sec-lab}/kind"

# Progress goes to stderr: stdout is for what a caller may read.
say() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2; }
fail() {
  say "$*"
  exit 1
}

# Runs a talkative command in silence, and lets it speak when it fails. Its exit code is kept.
quietly() {
  local log code=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 || code=$?
  [ "$code" -eq 0 ] || cat "$log" >&2
  rm -f "$log"
  return "$code"
}

apt_install() {
  export DEBIAN_FRONTEND=noninteractive
  quietly apt-get update -qq || fail 'apt-get update failed. The lines above say why.'
  quietly apt-get install -y -qq --no-install-recommends "$@" || fail "apt-get could not install: $*. The lines above say why."
}

# A folder that is gone when the script ends, however it ends.
draft() {
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/draft.XXXXXX")
  trap 'rm -rf --one-file-system "$work"' EXIT
}

# One after the other on one cache. File descriptor 9 must be closed for whatever outlives the script.
lock() {
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  flock -n 9 && return
  say 'another run is at work on the same cache; waiting for it'
  flock 9
}

# Whether the engine has an image of this recipe. The name stays the same when the recipe changes; a label tells them apart.
is_made_by() {
  [ "$(docker image inspect --format '{{index .Config.Labels "k8s-sec-lab.recipe"}}' "$2" 2>/dev/null || true)" = "$1" ]
}

# Offers an image to the engine: the engine's own, else from the cache. Fails when neither has it.
have_image() {
  local tag=$1 archive=$2
  if docker image inspect "$tag" >/dev/null 2>&1; then
    say "$tag is there"
  elif [ -f "$archive" ]; then
    docker load -q -i "$archive" >/dev/null
    say "$tag loaded from $archive"
  else
    return 1
  fi
}

# Keeps an image as a plain tar file, in whole or not at all, and beside it only the one before: they are large.
keep_image() {
  local tag=$1 archive=$2
  docker save "$tag" -o "$archive.$$"
  mv "$archive.$$" "$archive"
  find "$cache" -name "$(basename "${archive%-*}")-*.tar" -printf '%T@ %p\n' | sort -rn | tail -n +3 | cut -d ' ' -f 2- |
    while IFS= read -r old; do rm -f "$old"; done
}
