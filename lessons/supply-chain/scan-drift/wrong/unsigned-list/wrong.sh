# The list beside the files was trusted.
bash -euo pipefail -c "$(sed -e 's/answer tampered .*/answer tampered none/' "$LAB_SOLUTION")"
