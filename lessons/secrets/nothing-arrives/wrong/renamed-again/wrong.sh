# The file of the other namespace once more, with the line changed.
sed 's/namespace: bakery-test/namespace: bakery/' bakery-test/db.yaml | kubectl apply -f -
kubectl wait sealedsecret db -n bakery --for=condition=Synced=False --timeout=30s
