# The right value, brought over by hand once more, beside an ExternalSecret that makes another Secret.
bash -euo pipefail -c "$(sed -e 's/target: { name: db }/target: { name: db-new }/' "$LAB_SOLUTION")"
password=$(kubectl get secret db -n vault-sim -o jsonpath='{.data.password}' | base64 -d)
kubectl create secret generic db -n app --from-literal=password="$password" --dry-run=client -o yaml | kubectl apply -f -
