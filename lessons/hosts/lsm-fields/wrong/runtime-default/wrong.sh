# A profile, but not the one that was asked for.
sed -e 's/type: Localhost/type: RuntimeDefault/' \
  -e '/localhostProfile:/d' "$LAB_SOLUTION" | bash -euo pipefail
