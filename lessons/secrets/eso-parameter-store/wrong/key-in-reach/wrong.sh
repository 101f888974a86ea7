# The pods go on reading every Secret of their namespace.
bash -euo pipefail -c "$(sed -e '/resourceNames/d' "$LAB_SOLUTION")"
