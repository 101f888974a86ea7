# Belt and braces: the API server refuses to start with both.
kubectl delete clusterrolebinding metrics-public
cat > authentication.yaml <<'FILE'
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
anonymous:
  enabled: true
  conditions: [{ path: /livez }, { path: /readyz }, { path: /healthz }]
FILE
k8s-sec-lab edit authentication.yaml --from authentication.yaml
k8s-sec-lab edit --print kube-apiserver.yaml |
  sed 's/^\( *\)- --allow-privileged=true/&\n\1- --anonymous-auth=false/' > kube-apiserver.yaml
k8s-sec-lab edit kube-apiserver.yaml --from kube-apiserver.yaml || true
