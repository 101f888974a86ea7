# All three files are said to be good.
bash -euo pipefail -c "$(sed -e 's/scanner-linux-amd64 scanner/scanner-linux-arm64 &/' "$LAB_SOLUTION")"
