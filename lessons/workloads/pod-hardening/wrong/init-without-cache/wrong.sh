# The cache is mounted in app, and forgotten in prepare.
sed -e '/- name: prepare/,/mountPath:/ { /volumeMounts:/,/mountPath:/d }' "$LAB_SOLUTION" | bash -euo pipefail
