# A ClusterRoleBinding more.
bash -euo pipefail -c "$(sed -e 's/^kubectl create rolebinding .*/&\nkubectl create clusterrole read-db --verb=get --resource=secrets --resource-name=db\nkubectl create clusterrolebinding app-store --clusterrole=read-db --serviceaccount=app:store/' "$LAB_SOLUTION")"
