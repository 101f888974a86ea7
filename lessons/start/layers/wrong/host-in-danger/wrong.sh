# Takes the layer that is in danger for the layer that must change.
kubectl label namespace welcome pod-security.kubernetes.io/enforce=baseline
for pair in checkout=infrastructure search=supply-chain orders=secrets reports=identity apiserver=control-plane; do
  k8s-sec-lab answer "${pair%%=*}" "${pair#*=}"
done
