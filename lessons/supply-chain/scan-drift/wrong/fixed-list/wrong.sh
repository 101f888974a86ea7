bash -euo pipefail "$LAB_SOLUTION"
echo "echo LAB-2026-1101; exit 1" > rescan.sh
