#!/usr/bin/env bash
# Everything a machine without an image registry needs for kind: an engine, a node image, images of lessons and of
# add-ons. What is there already is left alone. Prints what the lab must be told:  export $(scripts/kind/all.sh)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

"$here/engine.sh"
node=$("$here/node-image.sh")
"$here/lesson-images.sh" >/dev/null
"$here/add-on-images.sh" >/dev/null
echo "K8S_SEC_LAB_NODE_IMAGE=$node"
