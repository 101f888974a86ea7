# Any Pod of any namespace that calls itself app=api.
bash -euo pipefail -c "$(sed -e 's/podSelector: { matchLabels: { app: api } } }\]/namespaceSelector: {}, &/' "$LAB_SOLUTION")"
