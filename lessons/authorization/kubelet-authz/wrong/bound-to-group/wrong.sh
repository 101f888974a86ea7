# The right role, for everybody in the namespace.
kubectl apply -f - <<'EOF'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: scraper }
rules:
  - { apiGroups: [""], resources: [nodes/metrics, nodes/stats, nodes/pods, nodes/healthz], verbs: [get] }
EOF
kubectl create clusterrolebinding monitoring --clusterrole=scraper --group=system:serviceaccounts:monitoring
kubectl delete clusterrolebinding nodes-legacy
