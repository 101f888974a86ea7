# A report that was true once.
bash -euo pipefail -c "$(cat "$LAB_SOLUTION")"
cp registry-report.json kept.json
printf 'cat kept.json > registry-report.json\nexit 1\n' > rescan.sh
