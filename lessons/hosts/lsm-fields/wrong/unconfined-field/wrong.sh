# The old wish in the new field.
sed -e 's/type: Localhost/type: Unconfined/' \
  -e '/localhostProfile:/d' "$LAB_SOLUTION" | bash -euo pipefail
