# Copied by hand once more: right until the next rotation.
bash -euo pipefail -c "$(sed -e '/^---$/,/^YAML$/ { /^YAML$/!d }' "$LAB_SOLUTION")"
kubectl create secret generic db -n app --from-literal=password="$LAB_VAR_PASSWORD" --dry-run=client -o yaml | kubectl apply -f -
