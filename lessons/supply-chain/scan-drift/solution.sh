# Signature, then checksum, then run. The list beside the files does not carry the project's signature; the mirror's does.
cd scanner
for list in sha256sums.txt mirror/sha256sums.txt; do openssl base64 -d -in $list.sig.b64 -out $list.sig; done
if openssl dgst -sha256 -verify release.pub -signature sha256sums.txt.sig sha256sums.txt; then exit 1; fi
openssl dgst -sha256 -verify release.pub -signature mirror/sha256sums.txt.sig mirror/sha256sums.txt
cd ..
k8s-sec-lab answer tampered scanner-linux-arm64
printf '%s\n' scanner-linux-amd64 scanner-darwin-arm64 > verified.txt
printf '%s\n' registry.lab.local/shop/web:1.4 registry.lab.local/shop/migrate:0.9 > affected.txt
kubectl -n shop set image deployment/web web=registry.lab.local/shop/web@sha256:4d058056f995658a17fd82c086721adfb622c064917f40120d31af2648110bf2
kubectl -n shop set image cronjob/ledger migrate=registry.lab.local/shop/migrate@sha256:9961b516cfee5953c3bfce0122cb2add218d06b4226215de9e67e338cfe09aea ledger=registry.lab.local/shop/ledger@sha256:9936423067a644cce2c32ad26ead227536c5c25c0dd1ac51bb666e8f4e701998
kubectl -n shop set image statefulset/queue queue=registry.lab.local/shop/queue@sha256:1334cf75da7471ebe60c4ca35b8d70add6302cdd2fa5dad8a70ffa51d30c82a1
kubectl -n shop set image pod/agent agent=registry.lab.local/shop/agent@sha256:c549f17343ff0bad2eb081c79b348ee0d1acb076ce33dd6e0803285d5a3bb9a7
cat > rescan.sh <<'EOF'
kubectl -n shop get pods,deployments,statefulsets,daemonsets,jobs,cronjobs -o json > live.json
node -e '
const read = (file) => JSON.parse(require("node:fs").readFileSync(file, "utf8"))
const live = new Set()
const walk = (value) => {
  if (value === null || typeof value !== "object") return
  for (const [key, inner] of Object.entries(value)) {
    if (key === "image" && typeof inner === "string") live.add(inner)
    walk(inner)
  }
}
walk(read("live.json"))
let found = 0
for (const { id, digest } of read("advisories.json"))
  for (const image of live) if (image.endsWith("@" + digest)) { console.log(id, image); found = 1 }
process.exit(found)
'
EOF
kubectl -n shop create cronjob rescan --image=registry.lab.local/shop/scanner@sha256:1ff023b5ac2e3d6a5550e2534eb6750e045e53df1bfa1f543b210a5749a132f6 --schedule='0 5 * * *' --dry-run=client -o yaml | kubectl apply -f -
kubectl -n shop patch cronjob rescan --type=merge -p '{"spec":{"suspend":false}}'
