# Without the CA the kubelet takes the API server for a stranger.
k8s-sec-lab edit --print kubelet-config.yaml > kubelet-config.yaml
sed -i -e '/^  anonymous:/,/enabled:/ s/enabled: true/enabled: false/' -e 's/mode: AlwaysAllow/mode: Webhook/' \
  -e 's/^readOnlyPort: .*/readOnlyPort: 0/' -e 's/clientCAFile: .*/clientCAFile: ""/' kubelet-config.yaml
k8s-sec-lab edit kubelet-config.yaml --from kubelet-config.yaml
