# The Pod names a profile that nobody has put on the node.
kubectl patch deployment preview -n papers --type json \
  -p '[{"op":"replace","path":"/spec/template/spec/containers/0/securityContext","value":{"seccompProfile":{"type":"RuntimeDefault"}}}]'
kubectl patch deployment parser -n papers --type json \
  -p '[{"op":"replace","path":"/spec/template/spec/containers/0/securityContext","value":{"seccompProfile":{"type":"Localhost","localhostProfile":"profiles/no-mkdir.json"}}}]'
k8s-sec-lab edit --print kubelet-config.yaml > kubelet-config.yaml
echo 'seccompDefault: true' >> kubelet-config.yaml
k8s-sec-lab edit kubelet-config.yaml --from kubelet-config.yaml
