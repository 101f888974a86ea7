# The right moves into one namespace and stays a right of strangers.
kubectl delete clusterrolebinding metrics-public
kubectl create role public-dashboard -n monitoring --verb get --resource configmaps
kubectl create rolebinding public-dashboard -n monitoring --role public-dashboard --group system:unauthenticated
cat > authentication.yaml <<'FILE'
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
anonymous:
  enabled: true
  conditions: [{ path: /livez }, { path: /readyz }, { path: /healthz }]
FILE
k8s-sec-lab edit authentication.yaml --from authentication.yaml
k8s-sec-lab cluster restart kube-apiserver
