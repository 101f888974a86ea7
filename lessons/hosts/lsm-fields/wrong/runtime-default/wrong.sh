# A profile, but not the one that was asked for.
bash -euo pipefail -c "$(sed -e 's/type: Localhost/type: RuntimeDefault/' \
  -e '/localhostProfile:/d' "$LAB_SOLUTION")"
