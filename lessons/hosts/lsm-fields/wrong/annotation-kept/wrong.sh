# The right profile, asked for in the old way.
bash -euo pipefail -c "$(sed -e 's|^\( *\)labels: { app: collector }|&\n\1annotations:\n\1  container.apparmor.security.beta.kubernetes.io/collector: localhost/lab-deny-write|' \
  -e '/appArmorProfile:/,/localhostProfile:/d' "$LAB_SOLUTION")"
