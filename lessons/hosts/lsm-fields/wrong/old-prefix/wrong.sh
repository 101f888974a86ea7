# The annotation's words in the field.
sed -e 's|localhostProfile: |&localhost/|' "$LAB_SOLUTION" | bash -euo pipefail
