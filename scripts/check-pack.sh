#!/usr/bin/env bash
# Packs the program, installs the tarball into an empty folder without a network, and starts it there.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tarball=$(npm pack --silent --pack-destination "$folder" | tail -1)
bytes=$(wc -c <"$folder/$tarball")
echo "tarball: $bytes bytes"
[ "$bytes" -le 1500000 ] || { echo "The tarball is larger than 1.5 MB; look at .build/meta.json for what grew."; exit 1; }
mkdir "$folder/empty"
(
  cd "$folder/empty"
  npm init -y >/dev/null
  npm install --offline --no-audit --no-fund --silent "../$tarball"
  [ "$(ls node_modules | grep -vc '^\.')" -eq 1 ] || { echo 'The packed program pulls in other packages.'; exit 1; }
  export K8S_SEC_LAB_HOME="$folder/home" K8S_SEC_LAB_BACKEND=embedded
  npx --no-install k8s-sec-lab --version
  npx --no-install k8s-sec-lab list >/dev/null
  trap 'npx --no-install k8s-sec-lab cluster down >/dev/null 2>&1' EXIT
  npx --no-install k8s-sec-lab start </dev/null >start.txt 2>start.err || { cat start.txt start.err; exit 1; }
  grep -q 'It is your first day' start.txt || { cat start.txt start.err; exit 1; }
  echo 'The packed program starts: cluster up, first lesson printed.'
)
