# A dash too many: two items instead of one.
bash -euo pipefail -c "$(sed -e 's/^  \( *\)podSelector: { matchLabels: { app: prometheus } }/\1- podSelector: { matchLabels: { app: prometheus } }/' "$LAB_SOLUTION")"
