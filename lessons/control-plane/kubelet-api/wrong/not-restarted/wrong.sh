# The right file, written on the node by hand, and a kubelet that read another one when it started.
k8s-sec-lab node -- sed -i -e '/^  anonymous:/,/enabled:/ s/enabled: true/enabled: false/' \
  -e 's/mode: AlwaysAllow/mode: Webhook/' -e 's/^readOnlyPort: .*/readOnlyPort: 0/' /var/lib/kubelet/config.yaml
