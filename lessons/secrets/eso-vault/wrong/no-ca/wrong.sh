# https, and no word about whose certificate to believe.
bash -euo pipefail -c "$(sed -e '/caProvider/d' "$LAB_SOLUTION")"
