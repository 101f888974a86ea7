# The ConfigMap that kubeadm keeps: a template for new nodes, which no running kubelet reads.
kubectl get configmap kubelet-config -n kube-system -o yaml > kubelet-configmap.yaml
sed -i 's/cgroupDriver:/readOnlyPort: 0\n    cgroupDriver:/' kubelet-configmap.yaml
kubectl apply -f kubelet-configmap.yaml
