# Sealed where the shell happened to be, and put right in the editor.
sed 's/namespace: prod/namespace: default/' git/db.yaml | kubeseal --format yaml > sealed.yaml
sed 's/namespace: default/namespace: prod/' sealed.yaml > git/db.yaml
kubectl apply -f git/db.yaml
sed 's/namespace: prod/namespace: lab/' git/db.yaml | kubectl apply -f -
