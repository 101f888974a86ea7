# The field, and the annotation beside it.
bash -euo pipefail -c "$(sed -e 's|^\( *\)labels: { app: collector }|&\n\1annotations:\n\1  container.apparmor.security.beta.kubernetes.io/collector: localhost/lab-deny-write|' "$LAB_SOLUTION")"
