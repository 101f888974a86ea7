# 1. Find every binding that reaches report-bot: by its own name, or by a group that it is in.
kubectl get clusterrolebindings,rolebindings -A -o wide | grep -e shop/report-bot -e system:serviceaccounts:shop

# 2. Take both away. Only rights go; the account and the Deployment stay.
kubectl delete clusterrolebinding report-bot-demo
kubectl delete rolebinding team-tools -n shop

# 3. Give the bot its job. One role may hold several rules, so the log gets its own: it needs fewer verbs.
kubectl apply -f - <<'EOF'
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: report
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [get, list, watch]
  - apiGroups: [""]
    resources: [pods/log]
    verbs: [get]
EOF
kubectl create rolebinding report-bot -n shop --role=report --serviceaccount=shop:report-bot

# 4. Look again through the bot's eyes.
kubectl auth can-i --list -n shop --as system:serviceaccount:shop:report-bot
