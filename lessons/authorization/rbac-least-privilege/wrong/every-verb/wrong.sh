# All verbs on the right resources.
kubectl delete clusterrolebinding report-bot-demo
kubectl delete rolebinding team-tools -n shop
kubectl create role report -n shop --verb='*' --resource=pods,pods/log
kubectl create rolebinding report-bot -n shop --role=report --serviceaccount=shop:report-bot
