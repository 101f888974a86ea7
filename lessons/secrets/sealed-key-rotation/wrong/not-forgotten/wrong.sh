# The label says compromised, and nobody has restarted the controller since.
bash -euo pipefail -c "$(sed -e '/forgets it/,$ { /cluster restart/d }' "$LAB_SOLUTION")"
