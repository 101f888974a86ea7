# A smaller token, but again one that lies in a Secret.
make='kubectl create secret generic store-token -n app --from-literal=token="$(vault token create -policy=app -field=token)"'
bash -euo pipefail -c "$(sed -e 's/kubernetes: { mountPath.*/tokenSecretRef: { name: store-token, key: token }/' \
  -e "s|^address=|$make; address=|" "$LAB_SOLUTION")"
