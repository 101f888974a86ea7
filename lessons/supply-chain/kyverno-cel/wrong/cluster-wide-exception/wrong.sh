# Whatever is called billing, wherever it is.
bash -euo pipefail -c "$(sed -e "s/object.metadata.namespace == 'legacy' && //" "$LAB_SOLUTION")"
