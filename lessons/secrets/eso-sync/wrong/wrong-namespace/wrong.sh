# Role and RoleBinding beside the account, not beside the Secret.
bash -euo pipefail -c "$(sed -e '/^kubectl create role/ s/-n vault-sim/-n app/' "$LAB_SOLUTION")"
