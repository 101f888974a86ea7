# Deployments everywhere: the intern follows the releaser into its new namespace.
kubectl create serviceaccount releaser -n release
kubectl delete clusterrolebinding releaser
kubectl create clusterrolebinding releaser --clusterrole=release-reader --serviceaccount=release:releaser
kubectl delete rolebinding intern -n build
kubectl delete clusterrolebinding interns-namespace-labels
kubectl create clusterrole deployer --verb=create,get,list --resource=deployments.apps
kubectl create clusterrolebinding intern-deploys --clusterrole=deployer --user=intern
