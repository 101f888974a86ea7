# The job is right, and the account that Pods get by default may read logs as well.
bash -euo pipefail "$LAB_SOLUTION"
kubectl create role logs -n shop --verb=get --resource=pods/log
kubectl create rolebinding logs -n shop --role=logs --serviceaccount=shop:default
