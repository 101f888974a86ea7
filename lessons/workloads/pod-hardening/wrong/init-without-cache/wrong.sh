# The cache is mounted in app, and forgotten in prepare.
bash -euo pipefail -c "$(sed -e '/- name: prepare/,/mountPath:/ { /volumeMounts:/,/mountPath:/d }' "$LAB_SOLUTION")"
