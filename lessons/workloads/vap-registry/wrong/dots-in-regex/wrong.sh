# The list becomes a regular expression, dots and all.
bash -euo pipefail -c "$(sed -e "s/variables.registries.exists(.*)))/c.image.matches('^(' + variables.registries.join('|') + ')\/'))/" "$LAB_SOLUTION")"
