# Merged, and never released.
kubeseal --format yaml < git/db.yaml > sealed.yaml
mv sealed.yaml git/db.yaml
sed 's/namespace: prod/namespace: lab/' git/db.yaml | kubectl apply -f -
