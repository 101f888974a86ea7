# The account is made where the originals are.
kubectl create serviceaccount store -n originals
