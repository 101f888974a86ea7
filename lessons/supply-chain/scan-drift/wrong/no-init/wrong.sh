# The init container was not seen.
bash -euo pipefail -c "$(sed -e 's#^\(printf .*\) [^ ]*migrate:0.9 >#\1 >#' "$LAB_SOLUTION")"
