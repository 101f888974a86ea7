# A key that the original does not have.
bash -euo pipefail -c "$(sed -e 's/property: password/property: passwort/' "$LAB_SOLUTION")"
