# One of two verbs is taken away: kubectl label fails, kubectl replace does not.
bash -euo pipefail -c "$(sed -e '/delete clusterrolebinding/d' "$LAB_SOLUTION")"
kubectl patch clusterrole namespace-labels --type=json -p '[{"op":"replace","path":"/rules/0/verbs","value":["get","list","update"]}]'
