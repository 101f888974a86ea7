# The role without an audience.
bash -euo pipefail -c "$(sed -e '/^  audience=vault/d' "$LAB_SOLUTION")"
