# A policy that fetches once.
bash -euo pipefail -c "$(sed -e 's/^  refreshInterval: .*/&\n  refreshPolicy: CreatedOnce/' "$LAB_SOLUTION")"
