# proxy goes, and what it stood for is not replaced.
kubectl create clusterrole scraper --verb=get --resource=nodes/metrics,nodes/stats --dry-run=client -o yaml | kubectl apply -f -
kubectl delete clusterrolebinding nodes-legacy
