# Ingress of api and db is right, and nobody may send.
bash -euo pipefail -c "$(sed -e '/name: api,/,/^EOF/ { /^  egress:/,/^EOF/ { /^EOF/!d } }' "$LAB_SOLUTION")"
