# Take the file as it is, and change three settings: no strangers, the API server decides, no second port.
k8s-sec-lab edit --print kubelet-config.yaml > kubelet-config.yaml
sed -i -e '/^  anonymous:/,/enabled:/ s/enabled: true/enabled: false/' \
  -e 's/mode: AlwaysAllow/mode: Webhook/' \
  -e 's/^readOnlyPort: .*/readOnlyPort: 0/' kubelet-config.yaml

# The lab puts it in its place and starts the kubelet again: it reads this file only at start.
k8s-sec-lab edit kubelet-config.yaml --from kubelet-config.yaml

# Look again: what listens, and what a stranger gets.
k8s-sec-lab node -- ss -tlnp | grep kubelet
k8s-sec-lab node -- sh -c 'curl -sk -w " %{http_code}\n" https://$(hostname):10250/pods'
