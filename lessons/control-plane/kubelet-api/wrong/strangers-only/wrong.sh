# One switch of two: strangers are turned away, and whoever has any credential may do anything.
k8s-sec-lab edit --print kubelet-config.yaml > kubelet-config.yaml
sed -i -e '/^  anonymous:/,/enabled:/ s/enabled: true/enabled: false/' -e 's/^readOnlyPort: .*/readOnlyPort: 0/' kubelet-config.yaml
k8s-sec-lab edit kubelet-config.yaml --from kubelet-config.yaml
