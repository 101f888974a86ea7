# A policy for everything below secret/.
bash -euo pipefail -c "$(sed -e 's#secret/data/app/\*#secret/data/*#' "$LAB_SOLUTION")"
