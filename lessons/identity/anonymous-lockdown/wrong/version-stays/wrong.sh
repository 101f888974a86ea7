# One path too many.
kubectl delete clusterrolebinding metrics-public
cat > authentication.yaml <<'FILE'
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
anonymous:
  enabled: true
  conditions: [{ path: /livez }, { path: /readyz }, { path: /healthz }, { path: /version }]
FILE
k8s-sec-lab edit authentication.yaml --from authentication.yaml
k8s-sec-lab cluster restart kube-apiserver
