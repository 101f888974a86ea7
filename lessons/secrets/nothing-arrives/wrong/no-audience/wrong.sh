# The operator asks for a token without saying for whom.
bash -euo pipefail -c "$(sed -n '/^kubectl patch secretstore vault/,/^}]/p' "$LAB_SOLUTION" | sed -e 's/, "audiences": \["vault"\]//')"
