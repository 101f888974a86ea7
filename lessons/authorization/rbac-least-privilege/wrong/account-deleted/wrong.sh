# The rights are right, and nobody is left to use them.
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
kubectl create rolebinding report-bot -n shop --role=report --serviceaccount=shop:report-bot
kubectl delete serviceaccount report-bot -n shop
