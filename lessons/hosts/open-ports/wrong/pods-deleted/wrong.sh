# The Pods are deleted, and their owners make them again.
kubectl delete service web-debug -n market
kubectl delete pods -n market -l app=stats
kubectl rollout status daemonset/stats -n market --timeout 60s
kubectl delete deployment tunnel -n market
k8s-sec-lab edit --print kubelet-config.yaml | sed 's/^readOnlyPort:.*/readOnlyPort: 0/' > kubelet-config.yaml
k8s-sec-lab edit kubelet-config.yaml --from kubelet-config.yaml
kubectl create quota ports -n market --hard=services.nodeports=0
