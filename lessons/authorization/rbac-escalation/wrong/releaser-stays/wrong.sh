# The intern is cut down, and the releaser stays beside the intern's Deployments.
kubectl delete rolebinding intern -n build
kubectl delete clusterrolebinding interns-namespace-labels
kubectl create role deployer -n build --verb=create,get,list --resource=deployments.apps
kubectl create rolebinding intern-deploys -n build --role=deployer --user=intern
kubectl create serviceaccount releaser -n release
kubectl create clusterrolebinding release-releaser --clusterrole=release-reader --serviceaccount=release:releaser
