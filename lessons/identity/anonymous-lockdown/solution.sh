# What strangers were given: the binding, and the role that nobody needs any more.
kubectl delete clusterrolebinding metrics-public --ignore-not-found
kubectl delete clusterrole metrics-public --ignore-not-found

# What strangers are: callers of three health paths, and nobody anywhere else.
cat > authentication.yaml <<'FILE'
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
anonymous:
  enabled: true
  conditions:
    - path: /livez
    - path: /readyz
    - path: /healthz
FILE
k8s-sec-lab edit authentication.yaml --from authentication.yaml

# The anonymous block counts only from a start.
k8s-sec-lab cluster restart kube-apiserver
