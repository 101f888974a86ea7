# The new policy beside the old one.
bash -euo pipefail -c "$(sed -e '/delete clusterpolicy/d' "$LAB_SOLUTION")"
