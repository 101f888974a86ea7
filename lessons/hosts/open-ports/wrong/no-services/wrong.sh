# The quota counts every Service.
sed -e 's/--hard=/&services=2,/' "$LAB_SOLUTION" | bash -euo pipefail
