# The right file, and a server that read another one when it started.
kubectl delete clusterrolebinding metrics-public
cat > authentication.yaml <<'FILE'
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
anonymous:
  enabled: true
  conditions: [{ path: /livez }, { path: /readyz }, { path: /healthz }]
FILE
k8s-sec-lab edit authentication.yaml --from authentication.yaml
