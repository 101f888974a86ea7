# The well-known flag: it shuts out the health checks as well.
kubectl delete clusterrolebinding metrics-public
k8s-sec-lab edit --print kube-apiserver.yaml |
  sed 's/^\( *\)- --allow-privileged=true/&\n\1- --anonymous-auth=false/' > kube-apiserver.yaml
k8s-sec-lab edit kube-apiserver.yaml --from kube-apiserver.yaml || true
