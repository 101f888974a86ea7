# The password as a plain value of the Deployment, and out again: the ReplicaSet in between keeps it.
password=$(kubectl --kubeconfig dev.kubeconfig get secret web-env -n webshop -o jsonpath='{.data.DB_PASSWORD}' | base64 -d)
k8s-sec-lab answer password "$password"
kubectl create secret generic web-db -n webshop --from-literal=password="$password"
kubectl patch secret web-db -n webshop --type=merge -p '{"immutable": true}'
kubectl create configmap web-config -n webshop --dry-run=client -o yaml \
  --from-literal=application.properties=$'db.host=db.webshop.svc\ndb.user=web\n' | kubectl replace -f -
kubectl patch deployment web -n webshop --type=json -p '[
  {"op": "remove", "path": "/spec/template/spec/containers/0/envFrom"},
  {"op": "add", "path": "/spec/template/spec/containers/0/volumeMounts/-", "value": {"name": "db", "mountPath": "/etc/web-db"}},
  {"op": "add", "path": "/spec/template/spec/volumes/-", "value": {"name": "db", "secret": {"secretName": "web-db", "defaultMode": 256}}}
]'
kubectl set env deployment/web -n webshop DB_PASSWORD="$password"
kubectl rollout status deployment/web -n webshop --timeout 1s > rollout.txt 2>&1 || true
kubectl set env deployment/web -n webshop DB_PASSWORD-
kubectl delete secret web-env -n webshop
kubectl patch role developer -n webshop --type=json -p '[{"op": "replace", "path": "/rules/0/resources", "value": ["pods", "configmaps"]}]'
