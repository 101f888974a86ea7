# One star instead of four names.
kubectl create clusterrole scraper --verb=get --resource='nodes/*' --dry-run=client -o yaml | kubectl apply -f -
kubectl delete clusterrolebinding nodes-legacy
