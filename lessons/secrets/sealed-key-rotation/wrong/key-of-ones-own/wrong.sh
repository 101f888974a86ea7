# Sealed with a new certificate that the controller never gets.
openssl req -x509 -newkey rsa:4096 -nodes -days 3650 -subj /CN=sealed-secret -keyout new.key -out new.crt 2>/dev/null
kubectl create secret generic db -n prod --from-literal=password=something-new --dry-run=client -o yaml |
  kubeseal --cert new.crt --format yaml > sealed.yaml
mv sealed.yaml git/db.yaml
kubectl apply -f git/db.yaml
