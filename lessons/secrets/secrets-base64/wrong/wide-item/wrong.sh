# The volume has the right mode, and the one file in it another.
bash -euo pipefail -c "$(sed -e 's/"defaultMode": 256/&, "items": [{"key": "password", "path": "password", "mode": 420}]/' "$LAB_SOLUTION")"
