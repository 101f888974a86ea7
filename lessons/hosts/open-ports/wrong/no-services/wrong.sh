# The quota counts every Service.
bash -euo pipefail -c "$(sed -e 's/--hard=/&services=2,/' "$LAB_SOLUTION")"
