# Sealed for lab as well, so that it works there too.
sed 's/namespace: prod/namespace: lab/' git/db.yaml | kubeseal --format yaml | kubectl apply -f -
kubeseal --format yaml < git/db.yaml > sealed.yaml
mv sealed.yaml git/db.yaml
kubectl apply -f git/db.yaml
