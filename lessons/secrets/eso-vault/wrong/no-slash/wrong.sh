# A star behind the name instead of behind the slash.
bash -euo pipefail -c "$(sed -e 's#secret/data/app/\*#secret/data/app*#' "$LAB_SOLUTION")"
