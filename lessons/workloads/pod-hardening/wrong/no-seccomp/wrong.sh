# All but seccomp.
sed -e '/seccompProfile:/,/type:/d' "$LAB_SOLUTION" | bash -euo pipefail
