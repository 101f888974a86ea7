# All but the token.
sed -e '/automountServiceAccountToken/d' "$LAB_SOLUTION" | bash -euo pipefail
