# The old Secret went, its content under another name did not.
password=$(kubectl get secret web-env -n webshop -o jsonpath='{.data.DB_PASSWORD}' | base64 -d)
bash -euo pipefail "$LAB_SOLUTION"
kubectl create secret generic web-db-backup -n webshop --from-literal=password="$password"
