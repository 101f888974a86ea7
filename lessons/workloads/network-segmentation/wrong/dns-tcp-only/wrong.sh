# A port without a protocol is one of TCP.
bash -euo pipefail -c "$(sed -e '/port: 53, protocol: UDP/d' "$LAB_SOLUTION")"
