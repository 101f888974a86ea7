# Any Pod of any namespace that calls itself app=api.
sed -e 's/podSelector: { matchLabels: { app: api } } }\]/namespaceSelector: {}, &/' "$LAB_SOLUTION" | bash -euo pipefail
