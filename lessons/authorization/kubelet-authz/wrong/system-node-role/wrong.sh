# A built-in role with the right name, bound to the group of all nodes.
kubectl apply -f - <<'EOF'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: scraper }
rules:
  - { apiGroups: [""], resources: [nodes/metrics, nodes/stats, nodes/pods, nodes/healthz], verbs: [get] }
EOF
kubectl delete clusterrolebinding nodes-legacy
kubectl create clusterrolebinding nodes --clusterrole=system:node --group=system:nodes
