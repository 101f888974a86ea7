# Nobody asks a kubelet that does not run.
k8s-sec-lab node -- systemctl stop kubelet
