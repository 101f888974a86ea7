# The administrator's own file under jane's name.
cp "$KUBECONFIG" jane.kubeconfig
kubectl delete clusterrolebinding payments-shared
