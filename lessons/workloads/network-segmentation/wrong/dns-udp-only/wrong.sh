# Only UDP.
bash -euo pipefail -c "$(sed -e '/port: 53, protocol: TCP/d' "$LAB_SOLUTION")"
