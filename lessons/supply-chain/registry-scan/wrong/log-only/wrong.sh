# The log is taken for the registry.
bash -euo pipefail -c "$(sed -e '/^  for repository in/,/^  done/d' "$LAB_SOLUTION")"
