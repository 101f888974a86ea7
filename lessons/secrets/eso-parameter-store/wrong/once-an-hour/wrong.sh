# The interval of the documentation's examples.
bash -euo pipefail -c "$(sed -e 's/refreshInterval: 2s/refreshInterval: 1h/' "$LAB_SOLUTION")"
