# Webhook in one place, switched off in the other: the kubelet knows no ServiceAccount any more.
k8s-sec-lab edit --print kubelet-config.yaml > kubelet-config.yaml
sed -i -e '/^  anonymous:/,/enabled:/ s/enabled: true/enabled: false/' -e 's/mode: AlwaysAllow/mode: Webhook/' \
  -e 's/^readOnlyPort: .*/readOnlyPort: 0/' \
  -e '/^authentication:/,/^authorization:/ { /^  webhook:/,/enabled:/ s/enabled: true/enabled: false/ }' kubelet-config.yaml
k8s-sec-lab edit kubelet-config.yaml --from kubelet-config.yaml
