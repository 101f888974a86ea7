# As in many an older article: the version that is no longer served.
bash -euo pipefail -c "$(sed -e 's|external-secrets.io/v1|&beta1|' \
  -e 's/^kubectl apply .*/& || true/' "$LAB_SOLUTION")"
