# The slash before the star is missing.
bash -euo pipefail -c "$(sed -e 's,parameter/app/\*,parameter/app*,' "$LAB_SOLUTION")"
