# The binding goes, the stranger stays.
kubectl delete clusterrolebinding metrics-public
