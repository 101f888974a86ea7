# The hostPort moves to an address that the scan does not try, before the label refuses such a Pod.
kubectl patch daemonset stats -n market --type json \
  -p '[{"op":"add","path":"/spec/template/spec/containers/0/ports/0/hostIP","value":"127.0.0.1"}]'
kubectl rollout status daemonset/stats -n market --timeout 60s
bash -euo pipefail -c "$(sed -e '/patch daemonset/d' "$LAB_SOLUTION")"
