# The group goes, and this one node keeps its rights by name.
kubectl apply -f - <<'EOF'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: scraper }
rules:
  - { apiGroups: [""], resources: [nodes/metrics, nodes/stats, nodes/pods, nodes/healthz], verbs: [get] }
EOF
kubectl delete clusterrolebinding nodes-legacy
kubectl create clusterrolebinding n1 --clusterrole=cluster-admin --user=system:node:n1
