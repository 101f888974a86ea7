# The pipeline still has the first try.
kubeseal --scope cluster-wide --format yaml < git/db.yaml | kubectl apply -f -
kubeseal --format yaml < git/db.yaml > sealed.yaml
mv sealed.yaml git/db.yaml
sed 's/namespace: prod/namespace: lab/' git/db.yaml | kubectl apply -f -
