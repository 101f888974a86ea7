# As it always was: seen, written down, let through.
bash -euo pipefail -c "$(sed -e 's/\[Deny\]/[Audit]/' "$LAB_SOLUTION")"
