# The obvious binding goes, the role is right, and the group is forgotten.
kubectl delete clusterrolebinding report-bot-demo
kubectl create role report -n shop --verb=get,list,watch --resource=pods
kubectl create rolebinding report-bot -n shop --role=report --serviceaccount=shop:report-bot
