# What nobody needs goes.
kubectl delete service web-debug -n market
kubectl delete deployment tunnel -n market

# stats stays, without its port on the host.
kubectl patch daemonset stats -n market --type json -p '[{"op":"remove","path":"/spec/template/spec/containers/0/ports/0/hostPort"}]'

# The kubelet's read-only port is switched off.
k8s-sec-lab edit --print kubelet-config.yaml | sed 's/^readOnlyPort:.*/readOnlyPort: 0/' > kubelet-config.yaml
k8s-sec-lab edit kubelet-config.yaml --from kubelet-config.yaml

# Keep it so: no NodePorts, no ports of the host.
kubectl create quota ports -n market --hard=services.nodeports=0
kubectl label namespace market pod-security.kubernetes.io/enforce=baseline

kubectl rollout status daemonset/stats -n market --timeout 60s
