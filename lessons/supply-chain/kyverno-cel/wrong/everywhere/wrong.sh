# No namespace is left out.
bash -euo pipefail -c "$(sed -e '/namespaceSelector:/,/operator:/d' "$LAB_SOLUTION")"
