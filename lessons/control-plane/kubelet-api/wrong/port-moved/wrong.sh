# The read-only port, somewhere else.
k8s-sec-lab edit --print kubelet-config.yaml > kubelet-config.yaml
sed -i -e '/^  anonymous:/,/enabled:/ s/enabled: true/enabled: false/' -e 's/mode: AlwaysAllow/mode: Webhook/' \
  -e 's/^readOnlyPort: .*/readOnlyPort: 10355/' kubelet-config.yaml
k8s-sec-lab edit kubelet-config.yaml --from kubelet-config.yaml
