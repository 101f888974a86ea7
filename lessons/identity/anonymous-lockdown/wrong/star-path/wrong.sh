# A path with a star: paths are compared letter by letter, so the health checks are shut out.
kubectl delete clusterrolebinding metrics-public
cat > authentication.yaml <<'FILE'
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
anonymous:
  enabled: true
  conditions: [{ path: "/livez*" }, { path: "/readyz*" }, { path: "/healthz*" }]
FILE
k8s-sec-lab edit authentication.yaml --from authentication.yaml
