# Only UDP.
sed -e '/port: 53, protocol: TCP/d' "$LAB_SOLUTION" | bash -euo pipefail
