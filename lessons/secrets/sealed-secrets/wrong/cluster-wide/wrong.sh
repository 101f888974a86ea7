# The scope with which nothing can go wrong.
kubeseal --scope cluster-wide --format yaml < git/db.yaml > sealed.yaml
mv sealed.yaml git/db.yaml
kubectl apply -f git/db.yaml
sed 's/namespace: prod/namespace: lab/' git/db.yaml | kubectl apply -f -
