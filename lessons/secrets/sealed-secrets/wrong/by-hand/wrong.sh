# To be on the safe side, the Secret is made by hand as well.
kubectl apply -f git/db.yaml
kubeseal --format yaml < git/db.yaml > sealed.yaml
mv sealed.yaml git/db.yaml
kubectl apply -f git/db.yaml
sed 's/namespace: prod/namespace: lab/' git/db.yaml | kubectl apply -f -
