# One label on the namespace: from now on the API server asks Pod Security before it stores a Pod here.
kubectl label --overwrite namespace welcome pod-security.kubernetes.io/enforce=baseline

# The Pod template asks for it, so the owner of the template must change it.
k8s-sec-lab answer checkout workload
# The tag can point to other bytes tomorrow: a matter of where images come from.
k8s-sec-lab answer search supply-chain
# A value that must stay private stands in an open field.
k8s-sec-lab answer orders secrets
# A name has rights that it does not need.
k8s-sec-lab answer reports identity
# A switch of the API server process itself.
k8s-sec-lab answer apiserver control-plane
