# A copy of the shared file, with the user entry renamed.
sed 's/payments-team/jane/g' team.kubeconfig > jane.kubeconfig
kubectl delete clusterrolebinding payments-shared
