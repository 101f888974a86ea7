# The other switch: strangers have no right, and are still let in as somebody.
k8s-sec-lab edit --print kubelet-config.yaml > kubelet-config.yaml
sed -i -e 's/mode: AlwaysAllow/mode: Webhook/' -e 's/^readOnlyPort: .*/readOnlyPort: 0/' kubelet-config.yaml
k8s-sec-lab edit kubelet-config.yaml --from kubelet-config.yaml
