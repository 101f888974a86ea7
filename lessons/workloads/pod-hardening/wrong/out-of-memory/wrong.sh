# A limit in which nothing can start.
sed -e 's/memory: .*/memory: 1Ki/' "$LAB_SOLUTION" | bash -euo pipefail
