# A token of the account, kept in a Secret for a year.
bash -euo pipefail -c "$(sed -e 's/^kubectl create rolebinding .*/&\nkubectl create secret generic store-token -n app --from-literal=token="$(kubectl create token store -n app --duration=8760h)"/' \
  -e '/^        serviceAccount:/ s/.*/        token: { bearerToken: { name: store-token, key: token } }/' "$LAB_SOLUTION")"
