# The password as a plain value of the Deployment, and out again: the ReplicaSet in between keeps it.
bash -euo pipefail -c "$(cat "$LAB_SOLUTION")"
password=$(kubectl get secret web-db -n webshop -o jsonpath='{.data.password}' | base64 -d)
kubectl set env deployment/web -n webshop DB_PASSWORD="$password"
kubectl rollout status deployment/web -n webshop --timeout 1s > rollout.txt 2>&1 || true
kubectl set env deployment/web -n webshop DB_PASSWORD-
