# Tidier, and as open as before.
kubectl create --dry-run=client -o yaml -f git/db.yaml > encoded.yaml
mv encoded.yaml git/db.yaml
kubectl apply -f git/db.yaml
