# Everything but the interval, which is then an hour.
bash -euo pipefail -c "$(sed -e '/refreshInterval:/d' "$LAB_SOLUTION")"
