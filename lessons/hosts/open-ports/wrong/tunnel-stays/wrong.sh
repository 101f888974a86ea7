# The tunnel answers to nobody who asks, so it was forgotten.
bash -euo pipefail -c "$(sed -e '/deployment tunnel/d' "$LAB_SOLUTION")"
