cat > rescan.sh <<'EOF'
#!/usr/bin/env bash
# Scans everything that the registry stores, and writes registry-report.json. Ends with 1 when something is HIGH or CRITICAL.
set -euo pipefail
cd "$(dirname "$0")"
. ./registry.env
api=http://$REGISTRY/v2
words() { tr -d '\r' | tr '{}[],:"' '\n' | grep -v -x -e '' -e name -e tags -e repositories -e null || true; }
digest_of() {
  curl -sI -H 'Accept: application/vnd.oci.image.manifest.v1+json' "$api/$1/manifests/$2" | tr -d '\r' |
    grep -i '^docker-content-digest:' | cut -d ' ' -f 2
}

# What the tags point at now, and what was ever pushed: a digest without a tag is in no list of the registry.
{
  for repository in $(curl -s "$api/_catalog" | words); do
    for tag in $(curl -s "$api/$repository/tags/list" | words | grep -v -x -F "$repository"); do
      echo "$repository@$(digest_of "$repository" "$tag")"
    done
  done
  grep -v '^#' pushes.log | while read -r _ repository _ digest _; do
    if [ -n "$(digest_of "$repository" "$digest")" ]; then echo "$repository@$digest"; fi
  done
} | sort -u > stored.txt

bad=0
{
  separator='{'
  while read -r image; do
    trivy image --quiet --image-src remote --scanners vuln --severity HIGH,CRITICAL --format json --output scan.json \
      "$REGISTRY/$image" < /dev/null
    # grep ends with 1 when it finds nothing, and that would end the script.
    found=$({ grep -o '"VulnerabilityID": "[^"]*"' scan.json || true; } | cut -d '"' -f 4 | sort -u | sed 's/.*/"&"/' | paste -s -d , -)
    [ -z "$found" ] || bad=1
    printf '%s\n  "%s": [%s]' "$separator" "$image" "$found"
    separator=,
  done < stored.txt
  printf '\n}\n'
} > registry-report.json
exit "$bad"
EOF

bash rescan.sh || true
cp registry-report.json first-report.json
k8s-sec-lab check > /dev/null || true

# --- Quarantine: what is affected cannot be pulled any more ---
. ./registry.env
api=http://$REGISTRY/v2
type=application/vnd.oci.image.manifest.v1+json
grep -o '"[^"]*@sha256:[0-9a-f]*": \["' first-report.json | cut -d '"' -f 2 | while IFS=@ read -r repository digest; do
  curl -sf -X DELETE "$api/$repository/manifests/$digest"
done

# The tag goes back to what was scanned.
scanned=$(grep 'shop/ledger ' pushes.log | grep -o 'sha256:[0-9a-f]*')
curl -sf -H "Accept: $type" "$api/shop/ledger/manifests/$scanned" > manifest.json
curl -sf -X PUT -H "Content-Type: $type" --data-binary @manifest.json "$api/shop/ledger/manifests/1.4.0"
