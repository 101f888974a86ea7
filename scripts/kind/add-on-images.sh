#!/usr/bin/env bash
# Makes the images of add-ons for machines that cannot pull them, from the programs in the lab's own cache of tools, and
# prints their names (clusters/images.yaml says which public ones they stand for). Nothing but the one static program is
# in them.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

# tool of the catalogue, where the public image has it
add_ons=(
  "sealed-secrets-controller /bin/controller"
  "external-secrets /bin/external-secrets"
  "vault /bin/vault"
  "registry /bin/registry"
)

lock
tools=$(cd "$root" && node dist/cli.js tools install "${add_ons[@]%% *}" 9>&- 2> >(tail -n 3 >&2))
for add_on in "${add_ons[@]}"; do
  read -r name place <<<"$add_on"
  program=$(sed -n "s/^$name: //p" <<<"$tools")
  [ -x "$program" ] || fail "there is no program for $name."
  # .../NAME/VERSION-RECIPE/NAME
  version=$(basename "$(dirname "$program")")
  tag="k8s-sec-lab.local/$name:${version%-*}"
  recipe="$version$(sha256sum <"$0" | cut -c 1-12)"
  made_from=$(docker image inspect --format '{{index .Config.Labels "k8s-sec-lab.recipe"}}' "$tag" 2>/dev/null || true)
  if [ "$made_from" = "$recipe" ]; then
    say "$tag is there"
  else
    draft
    mkdir -p "$work/bin" "$work/tmp"
    chmod 1777 "$work/tmp"
    install -m 0755 "$program" "$work$place"
    tar -C "$work" --owner=0 --group=0 --numeric-owner -c . | docker import \
      --change 'ENV PATH=/bin' --change "ENTRYPOINT [\"$place\"]" --change "LABEL k8s-sec-lab.recipe=$recipe" - "$tag" >/dev/null
    rm -rf --one-file-system "$work"
    say "made $tag"
  fi
  echo "$tag"
done
