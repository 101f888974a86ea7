# The old policy, made to refuse.
kubectl patch clusterpolicy trusted-registry --type=json \
  -p '[{"op": "replace", "path": "/spec/rules/0/validate/failureAction", "value": "Enforce"}]'
