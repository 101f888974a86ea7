# The strictest level refuses the ordinary Pod too, and stats does not come back.
bash -euo pipefail -c "$(sed -e 's/enforce=baseline/enforce=restricted/' -e '/rollout status/d' "$LAB_SOLUTION")"
