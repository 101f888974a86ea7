# The StatefulSet keeps its tag.
bash -euo pipefail -c "$(sed -e '/set image statefulset/d' "$LAB_SOLUTION")"
