# The Deployment by its name, and not what is made for it.
bash -euo pipefail -c "$(sed -e "s/object.metadata.?labels.*/object.metadata.name == 'billing'/" "$LAB_SOLUTION")"
