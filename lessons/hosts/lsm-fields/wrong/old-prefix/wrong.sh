# The annotation's words in the field.
bash -euo pipefail -c "$(sed -e 's|localhostProfile: |&localhost/|' "$LAB_SOLUTION")"
