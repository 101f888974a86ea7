# The token stays where it is.
bash -euo pipefail -c "$(sed -e '/GITHUB_TOKEN/d' "$LAB_SOLUTION")"
