# All but the token.
bash -euo pipefail -c "$(sed -e '/automountServiceAccountToken/d' "$LAB_SOLUTION")"
