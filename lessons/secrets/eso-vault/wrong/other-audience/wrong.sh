# The operator asks for a token without saying for whom.
bash -euo pipefail -c "$(sed -e 's/, audiences: \[vault\]//' "$LAB_SOLUTION")"
