# Pods, but not their logs.
kubectl delete clusterrolebinding report-bot-demo
kubectl delete rolebinding team-tools -n shop
kubectl create role report -n shop --verb=get,list,watch --resource=pods
kubectl create rolebinding report-bot -n shop --role=report --serviceaccount=shop:report-bot
