# The scraper gets the four things that it asks for, each by its own name. nodes/proxy is gone, and with it
# everything for which the kubelet has no name.
kubectl apply -f - <<'EOF'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: scraper
rules:
  - apiGroups: [""]
    resources: [nodes/metrics, nodes/stats, nodes/pods, nodes/healthz]
    verbs: [get]
EOF

# Nodes need no binding: the Node authorizer gives each what its own Pods need.
kubectl delete clusterrolebinding nodes-legacy

# Look again, through the eyes of both.
kubectl auth can-i --list --as system:serviceaccount:monitoring:scraper
kubectl auth can-i list secrets --kubeconfig n1.kubeconfig || true
