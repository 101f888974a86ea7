# The right role, given to every account of the namespace.
kubectl delete clusterrolebinding report-bot-demo
kubectl delete rolebinding team-tools -n shop
kubectl apply -f - <<'EOF'
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: report, namespace: shop }
rules:
  - { apiGroups: [""], resources: [pods], verbs: [get, list, watch] }
  - { apiGroups: [""], resources: [pods/log], verbs: [get] }
EOF
kubectl create rolebinding report -n shop --role=report --group=system:serviceaccounts:shop
