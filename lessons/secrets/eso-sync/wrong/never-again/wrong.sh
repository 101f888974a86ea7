# An interval of nought sounds like at once, and means never.
bash -euo pipefail -c "$(sed -e 's/refreshInterval: .*/refreshInterval: "0"/' "$LAB_SOLUTION")"
