# First a value with a line end. Then the right one under the same name, and a restart: the old Pod is there until the new one
# is, so that the kubelet never lets go of the value it read first.
password=$(kubectl --kubeconfig dev.kubeconfig get secret web-env -n webshop -o jsonpath='{.data.DB_PASSWORD}' | base64 -d)
k8s-sec-lab answer password "$password"
home() {
  kubectl create secret generic web-db -n webshop --from-literal=password="$1"
  kubectl patch secret web-db -n webshop --type=merge -p '{"immutable": true}'
}
home "$password
"
kubectl create configmap web-config -n webshop --dry-run=client -o yaml \
  --from-literal=application.properties=$'db.host=db.webshop.svc\ndb.user=web\n' | kubectl replace -f -
kubectl patch deployment web -n webshop --type=json -p '[
  {"op": "remove", "path": "/spec/template/spec/containers/0/envFrom"},
  {"op": "add", "path": "/spec/template/spec/containers/0/volumeMounts/-", "value": {"name": "db", "mountPath": "/etc/web-db"}},
  {"op": "add", "path": "/spec/template/spec/volumes/-", "value": {"name": "db", "secret": {"secretName": "web-db", "defaultMode": 256}}}
]'
kubectl delete secret web-env -n webshop
kubectl patch role developer -n webshop --type=json -p '[{"op": "replace", "path": "/rules/0/resources", "value": ["pods", "configmaps"]}]'
kubectl rollout status -n webshop deploy/web --timeout=60s
kubectl delete secret web-db -n webshop
home "$password"
kubectl rollout restart -n webshop deploy/web
kubectl rollout status -n webshop deploy/web --timeout=60s
