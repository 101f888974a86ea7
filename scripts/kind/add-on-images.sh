#!/usr/bin/env bash
# Makes the images of add-ons for machines that cannot pull them, and prints their names (clusters/images.yaml says which
# public ones they stand for). Most are one static program of the lab's own cache of tools and nothing else.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR source=debian.sh
source "$(dirname "$0")/debian.sh"
here=$(cd "$(dirname "$0")" && pwd)

# tool of the catalogue, where the public image has it
programs=(
  "sealed-secrets-controller /bin/controller"
  "external-secrets /bin/external-secrets"
  "vault /bin/vault"
  "registry /bin/registry"
  "kyverno-admission-controller /ko-app/kyverno"
  "kyverno-reports-controller /ko-app/reports-controller"
)

of_one_program() {
  local name=$1 place=$2 program version tag recipe
  program=$(sed -n "s/^$name: //p" <<<"$tools")
  [ -x "$program" ] || fail "there is no program for $name."
  # .../NAME/VERSION-RECIPE/NAME
  version=$(basename "$(dirname "$program")")
  tag="k8s-sec-lab.local/$name:${version%-*}"
  recipe="$version$(sha256sum <"$0" | cut -c 1-12)"
  if is_made_by "$recipe" "$tag"; then
    say "$tag is there"
  else
    draft
    mkdir -p "$work/bin" "$work/tmp" "$work$(dirname "$place")"
    chmod 1777 "$work/tmp"
    install -m 0755 "$program" "$work$place"
    tar -C "$work" --owner=0 --group=0 --numeric-owner -c . | docker import \
      --change 'ENV PATH=/bin' --change "ENTRYPOINT [\"$place\"]" --change "LABEL k8s-sec-lab.recipe=$recipe" - "$tag" >/dev/null
    rm -rf --one-file-system "$work"
    say "made $tag"
  fi
  echo "$tag"
}

# A Python with moto. What of it is the lab's own comes from a ConfigMap, as with the public image.
parameter_store() {
  local requirements="$root/clusters/addons/parameter-store/requirements.txt" version tag recipe archive
  version=$(sed -n 's/^moto==\([0-9.]*\).*/\1/p' "$requirements")
  tag="k8s-sec-lab.local/parameter-store:$version"
  recipe=$(cat "$0" "$here/add-ons/parameter-store.sh" "$requirements" | sha256sum | cut -c 1-12)
  archive="$cache/parameter-store-$version-$recipe.tar"
  if is_made_by "$recipe" "$tag"; then
    say "$tag is there"
  elif [ -f "$archive" ]; then
    docker load -q -i "$archive" >/dev/null
    say "$tag loaded from $archive"
  else
    need_debian
    python3 -m pip --version >/dev/null 2>&1 || apt_install python3 python3-pip
    draft
    # trixie: its Python is of the same version as the one of the public image.
    debian_folder trixie "$work/root" --variant=extract --include=base-files,python3
    "$here/add-ons/parameter-store.sh" "$requirements" "$work/root"
    tar -C "$work/root" --numeric-owner -c . | docker import --change 'ENV PATH=/usr/bin' --change 'CMD ["python3"]' \
      --change "LABEL k8s-sec-lab.recipe=$recipe" - "$tag" >/dev/null
    rm -rf --one-file-system "$work"
    keep_image "$tag" "$archive"
    say "made $tag, kept as $archive"
  fi
  echo "$tag"
}

lock
tools=$(cd "$root" && node dist/cli.js tools install "${programs[@]%% *}" 9>&- 2> >(tail -n 3 >&2))
for each in "${programs[@]}"; do
  read -r name place <<<"$each"
  of_one_program "$name" "$place"
done
parameter_store
