# A built-in role that sounds right.
kubectl delete clusterrolebinding report-bot-demo
kubectl delete rolebinding team-tools -n shop
kubectl create rolebinding report-bot -n shop --clusterrole=view --serviceaccount=shop:report-bot
