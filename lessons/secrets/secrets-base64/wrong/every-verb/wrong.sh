# The verb * on something that is not in the way, impersonation in it.
bash -euo pipefail -c "$(cat "$LAB_SOLUTION")"
kubectl patch role developer -n webshop --type=json -p '[
  {"op": "add", "path": "/rules/-", "value": {"apiGroups": [""], "resources": ["serviceaccounts"], "verbs": ["*"]}}
]'
