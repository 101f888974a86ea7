# Typed again with echo.
echo "$LAB_VAR_PASSWORD" > password
kubectl create secret generic db -n prod --from-file=password --dry-run=client -o yaml | kubeseal --format yaml > sealed.yaml
mv sealed.yaml git/db.yaml
rm password
kubectl apply -f git/db.yaml
sed 's/namespace: prod/namespace: lab/' git/db.yaml | kubectl apply -f -
