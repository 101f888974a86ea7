# A connection string beside it, built from the same password.
kubeseal --format yaml < git/db.yaml > sealed.yaml
mv sealed.yaml git/db.yaml
printf '    data:\n      url: postgres://shop:%s@db/shop\n' "$LAB_VAR_PASSWORD" >> git/db.yaml
kubectl apply -f git/db.yaml
sed 's/namespace: prod/namespace: lab/' git/db.yaml | kubectl apply -f -
