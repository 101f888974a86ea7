# Ingress of api and db is right, and nobody may send.
sed -e '/name: api,/,/^EOF/ { /^  egress:/,/^EOF/ { /^EOF/!d } }' "$LAB_SOLUTION" | bash -euo pipefail
