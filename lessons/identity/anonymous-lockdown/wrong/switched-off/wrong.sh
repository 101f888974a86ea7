# The same mistake in the other file.
kubectl delete clusterrolebinding metrics-public
printf 'apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\nanonymous:\n  enabled: false\n' > authentication.yaml
k8s-sec-lab edit authentication.yaml --from authentication.yaml
k8s-sec-lab cluster restart kube-apiserver || true
