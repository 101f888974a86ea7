# The Pod of the lost node goes, and with it what the node may rightly read.
kubectl apply -f - <<'EOF'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: scraper }
rules:
  - { apiGroups: [""], resources: [nodes/metrics, nodes/stats, nodes/pods, nodes/healthz], verbs: [get] }
EOF
kubectl delete clusterrolebinding nodes-legacy
kubectl delete pod stock -n warehouse --grace-period=0 --force
