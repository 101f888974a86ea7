# Only the password is changed: the key reads the next one, too.
kubectl create secret generic db -n prod --from-literal=password="$(openssl rand -hex 16)" --dry-run=client -o yaml |
  kubeseal --format yaml > sealed.yaml
mv sealed.yaml git/db.yaml
kubectl apply -f git/db.yaml
kubectl wait sealedsecret db -n prod --for=condition=Synced --timeout=30s
kubectl rollout restart deployment shop -n prod
