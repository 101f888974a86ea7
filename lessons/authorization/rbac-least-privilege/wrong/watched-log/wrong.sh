# One rule for both resources: the log gets verbs that the job does not need.
kubectl delete clusterrolebinding report-bot-demo
kubectl delete rolebinding team-tools -n shop
kubectl create role report -n shop --verb=get,list,watch --resource=pods,pods/log
kubectl create rolebinding report-bot -n shop --role=report --serviceaccount=shop:report-bot
