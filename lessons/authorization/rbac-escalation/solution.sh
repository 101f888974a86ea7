# --- Take the crown -------------------------------------------------------------------------------------------------
# 1. A token of the stronger account, beside the intern's certificate: with --token alone the certificate would win.
token=$(kubectl --kubeconfig intern.kubeconfig create token releaser -n build)
kubectl --kubeconfig intern.kubeconfig config set-credentials borrowed --token="$token"

# 2. Read, decode, hand in.
crown=$(kubectl --kubeconfig intern.kubeconfig --user borrowed get secret crown -n vault-ns -o jsonpath='{.data.jewel}' | base64 -d)
k8s-sec-lab answer crown "$crown"

# --- Close every path -----------------------------------------------------------------------------------------------
# 3. The job comes with its own ServiceAccount in its own namespace. The ClusterRole was fine; who held it was not.
kubectl create serviceaccount releaser -n release
kubectl delete clusterrolebinding releaser
kubectl create clusterrolebinding releaser --clusterrole=release-reader --serviceaccount=release:releaser

# 4. Everything the intern had goes: the role by name, and what came through the group.
kubectl delete rolebinding intern -n build
kubectl delete role intern -n build
kubectl delete clusterrolebinding interns-namespace-labels

# 5. What the intern's work needs.
kubectl create role deployer -n build --verb=create,get,list --resource=deployments.apps
kubectl create rolebinding intern-deploys -n build --role=deployer --user=intern

# 6. Read the verbs again.
kubectl --kubeconfig intern.kubeconfig auth can-i --list -n build
