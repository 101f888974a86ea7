#!/usr/bin/env bash
# Makes the images that Pods of lessons run, for machines that cannot pull them, and prints their names. The lab prefers
# them to the public ones when the engine has them (clusters/images.yaml says which stands for which).
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR source=debian.sh
source "$(dirname "$0")/debian.sh"
here=$(cd "$(dirname "$0")" && pwd)

lock
tag=k8s-sec-lab.local/busybox:1
recipe=$(cat "$here/lesson-images.sh" "$here"/images/* | sha256sum | cut -c 1-12)
archive="$cache/busybox-1-$recipe.tar"

if is_made_by "$recipe" "$tag"; then
  say "$tag is there"
elif [ -f "$archive" ]; then
  docker load -q -i "$archive" >/dev/null
  say "$tag loaded from $archive"
else
  need_debian
  draft
  # trixie: the busybox of bookworm crashes at `wget -T`, which lessons need.
  debian_folder trixie "$work/package" --variant=extract --include=busybox-static
  bash "$here/images/busybox.sh" "$work/package/usr/bin/busybox" "$work/root"
  tar -C "$work/root" --numeric-owner -c . | docker import \
    --change 'ENV PATH=/bin' --change 'CMD ["sh"]' --change "LABEL k8s-sec-lab.recipe=$recipe" - "$tag" >/dev/null
  keep_image "$tag" "$archive"
  say "made $tag, kept as $archive"
fi
echo "$tag"
