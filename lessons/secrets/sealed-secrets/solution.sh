# Seal the file for this cluster, under the strict scope: namespace and name are those that it carries.
kubeseal --format yaml < git/db.yaml > sealed.yaml
mv sealed.yaml git/db.yaml

# The pipeline applies what Git holds, and reads no Secret.
kubectl --kubeconfig release.kubeconfig apply -f git/db.yaml

# The same file for another namespace: the controller cannot open it there.
sed 's/namespace: prod/namespace: lab/' git/db.yaml | kubectl apply -f -

# What the controller says about both.
kubectl wait sealedsecret db -n prod --for=condition=Synced --timeout=30s
kubectl wait sealedsecret db -n lab --for=condition=Synced=False --timeout=30s
