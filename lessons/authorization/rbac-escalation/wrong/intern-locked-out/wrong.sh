# The intern loses everything, the work included.
kubectl create serviceaccount releaser -n release
kubectl delete clusterrolebinding releaser
kubectl create clusterrolebinding releaser --clusterrole=release-reader --serviceaccount=release:releaser
kubectl delete rolebinding intern -n build
kubectl delete clusterrolebinding interns-namespace-labels
