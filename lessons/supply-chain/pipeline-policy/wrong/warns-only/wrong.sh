# It warns, and lets everything through.
bash -euo pipefail -c "$(sed -e 's/^kyverno apply.*/& || echo warning/' "$LAB_SOLUTION")"
