# The label of another mode.
kubectl delete service web-debug -n market
kubectl delete deployment tunnel -n market
kubectl patch daemonset stats -n market --type json -p '[{"op":"remove","path":"/spec/template/spec/containers/0/ports/0/hostPort"}]'
k8s-sec-lab edit --print kubelet-config.yaml | sed 's/^readOnlyPort:.*/readOnlyPort: 0/' > kubelet-config.yaml
k8s-sec-lab edit kubelet-config.yaml --from kubelet-config.yaml
kubectl create quota ports -n market --hard=services.nodeports=0
kubectl label namespace market pod-security.kubernetes.io/warn=baseline
