# The path as `vault kv` shows it, not as the policy needs it.
bash -euo pipefail -c "$(sed -e 's#secret/data/app/\*#secret/app/*#' "$LAB_SOLUTION")"
