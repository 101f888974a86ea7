# Revoked, and left lying about.
bash -euo pipefail -c "$(sed -e '/^kubectl delete secret/d' "$LAB_SOLUTION")"
