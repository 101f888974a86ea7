# Swept away, and made anew with something in it.
bash -euo pipefail "$LAB_SOLUTION"
kubectl delete secret registry-login -n ci
kubectl create secret generic registry-login -n ci --from-literal=password=changeme
