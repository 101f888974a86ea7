# Only what is new.
bash -euo pipefail -c "$(sed -e 's/operations: \[CREATE, UPDATE\]/operations: [CREATE]/' "$LAB_SOLUTION")"
