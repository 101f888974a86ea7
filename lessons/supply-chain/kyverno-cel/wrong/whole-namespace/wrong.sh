# The namespace, whole.
bash -euo pipefail -c "$(sed -e "s/ && object.metadata.?labels.*//" "$LAB_SOLUTION")"
