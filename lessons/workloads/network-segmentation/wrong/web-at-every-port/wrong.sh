# Everybody may visit web, and at every port.
bash -euo pipefail "$LAB_SOLUTION"
kubectl patch networkpolicy web -n shop --type=json -p '[{"op": "replace", "path": "/spec/ingress", "value": [{}]}]'
