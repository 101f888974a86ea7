# First a value with a line end. Then the right one under the same name, and a restart: the old Pod is there until the new one
# is, so that the kubelet never lets go of the value it read first.
bash -euo pipefail -c "$(sed -e "s/^printf '%s' /echo /" "$LAB_SOLUTION")"
kubectl rollout status -n webshop deploy/web --timeout=60s
# $(...) drops the line end.
password=$(kubectl get secret web-db -n webshop -o jsonpath='{.data.password}' | base64 -d)
kubectl delete secret web-db -n webshop
kubectl create secret generic web-db -n webshop --from-literal=password="$password"
kubectl patch secret web-db -n webshop --type=merge -p '{"immutable": true}'
kubectl rollout restart -n webshop deploy/web
kubectl rollout status -n webshop deploy/web --timeout=60s
