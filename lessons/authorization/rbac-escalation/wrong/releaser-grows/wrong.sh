# The releaser moves and grows.
kubectl delete rolebinding intern -n build
kubectl delete clusterrolebinding interns-namespace-labels
kubectl create role deployer -n build --verb=create,get,list --resource=deployments.apps
kubectl create rolebinding intern-deploys -n build --role=deployer --user=intern
kubectl delete clusterrolebinding releaser
kubectl create serviceaccount releaser -n release
kubectl create clusterrolebinding releaser --clusterrole=cluster-admin --serviceaccount=release:releaser
