# --- Hand in what a developer can read ------------------------------------------------------------------------------
# $(...) drops the line end that the stored value carries.
password=$(kubectl --kubeconfig dev.kubeconfig get secret web-env -n webshop -o jsonpath='{.data.DB_PASSWORD}' | base64 -d)
k8s-sec-lab answer password "$password"

# --- One home for the password --------------------------------------------------------------------------------------
# 1. From a file, so that the value is not in the shell's history. printf adds no line end; echo would.
printf '%s' "$password" > password
kubectl create secret generic web-db -n webshop --from-file=password
rm password
kubectl patch secret web-db -n webshop --type=merge -p '{"immutable": true}'

# 2. The ConfigMap anew: replace takes the annotation with the old copy away, where apply or patch may leave it.
kubectl create configmap web-config -n webshop --dry-run=client -o yaml \
  --from-literal=application.properties=$'db.host=db.webshop.svc\ndb.user=web\n' | kubectl replace -f -

# 3. What you would do with kubectl edit: out with the environment, in with the files. 256 is 0400 in decimal.
kubectl patch deployment web -n webshop --type=json -p '[
  {"op": "remove", "path": "/spec/template/spec/containers/0/envFrom"},
  {"op": "add", "path": "/spec/template/spec/containers/0/volumeMounts/-",
   "value": {"name": "db", "mountPath": "/etc/web-db", "readOnly": true}},
  {"op": "add", "path": "/spec/template/spec/volumes/-",
   "value": {"name": "db", "secret": {"secretName": "web-db", "defaultMode": 256}}}
]'
kubectl delete secret web-env -n webshop

# --- Developers do not read Secrets ---------------------------------------------------------------------------------
kubectl apply -f - <<'EOF'
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: developer
  namespace: webshop
rules:
  - apiGroups: [""]
    resources: [pods, configmaps]
    verbs: [get, list, watch]
  - apiGroups: [apps]
    resources: [deployments]
    verbs: [get, list, watch]
EOF
