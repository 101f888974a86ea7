# A report for people.
bash -euo pipefail -c "$(sed -e 's/--format json --output ...reports.before.json/--output ..\/reports\/before.json/' "$LAB_SOLUTION")"
