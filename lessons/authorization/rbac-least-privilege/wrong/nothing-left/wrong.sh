# Everything taken away, the job included.
kubectl delete clusterrolebinding report-bot-demo
kubectl delete rolebinding team-tools -n shop
