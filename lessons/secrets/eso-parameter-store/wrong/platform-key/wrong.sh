# A key that opens everything, since it was at hand.
kubectl get secret platform -n aws -o yaml | sed -e '/^  \(resourceVersion\|uid\|creationTimestamp\|managedFields\):/d' \
  -e 's/namespace: aws/namespace: app/' -e '/^  labels:/,/^  name:/ { /^  name:/!d }' | kubectl apply -f -
bash -euo pipefail -c "$(sed -e 's/{ name: aws-credentials,/{ name: platform,/' "$LAB_SOLUTION")"
