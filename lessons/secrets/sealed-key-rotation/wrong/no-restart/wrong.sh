# A new key that nobody has told the controller about.
openssl req -x509 -newkey rsa:4096 -nodes -days 3650 -subj /CN=sealed-secret -keyout new.key -out new.crt 2>/dev/null
kubectl create secret tls sealing-key-2 -n kube-system --cert=new.crt --key=new.key
kubectl label secret sealing-key-2 -n kube-system sealedsecrets.bitnami.com/sealed-secrets-key=active
old=$(kubectl get secret -n kube-system -l sealedsecrets.bitnami.com/sealed-secrets-key=active -o name | grep -v sealing-key-2)
kubectl create secret generic db -n prod --from-literal=password="$(openssl rand -hex 16)" --dry-run=client -o yaml |
  kubeseal --format yaml > sealed.yaml
mv sealed.yaml git/db.yaml
kubectl apply -f git/db.yaml
kubectl wait sealedsecret db -n prod --for=condition=Synced --timeout=30s
kubectl rollout restart deployment shop -n prod
