# The original is kept, for next time.
cp git/db.yaml git/db-plain.yaml
kubeseal --format yaml < git/db-plain.yaml > git/db.yaml
kubectl apply -f git/db.yaml
sed 's/namespace: prod/namespace: lab/' git/db.yaml | kubectl apply -f -
