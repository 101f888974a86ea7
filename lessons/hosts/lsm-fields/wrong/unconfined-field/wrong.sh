# The old wish in the new field.
bash -euo pipefail -c "$(sed -e 's/type: Localhost/type: Unconfined/' \
  -e '/localhostProfile:/d' "$LAB_SOLUTION")"
