# The account is there, and the Secret is made by hand instead of by the operator.
bash -euo pipefail -c "$(sed -n '/^kubectl create serviceaccount/,/^kubectl wait secretstore/p' "$LAB_SOLUTION")"
kubectl delete externalsecret db -n florist
kubectl create secret generic db -n florist --from-literal=password="$LAB_VAR_FLORIST" --dry-run=client -o yaml | kubectl apply -f -
