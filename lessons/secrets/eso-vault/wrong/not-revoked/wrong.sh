# The Secret is gone; whoever has read it still has the token.
bash -euo pipefail -c "$(sed -e '/^vault token revoke/d' "$LAB_SOLUTION")"
