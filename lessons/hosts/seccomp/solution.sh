# The profile: everything is allowed, but to make a folder is not. Its folder on the node may not exist yet.
k8s-sec-lab node -- mkdir -p /var/lib/kubelet/seccomp/profiles
k8s-sec-lab node -- tee /var/lib/kubelet/seccomp/profiles/no-mkdir.json <<'EOF'
{
  "defaultAction": "SCMP_ACT_ALLOW",
  "syscalls": [{ "names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO" }]
}
EOF

# preview gets the list of the container runtime, parser the file.
kubectl patch deployment preview -n papers --type json \
  -p '[{"op":"replace","path":"/spec/template/spec/containers/0/securityContext","value":{"seccompProfile":{"type":"RuntimeDefault"}}}]'
kubectl patch deployment parser -n papers --type json \
  -p '[{"op":"replace","path":"/spec/template/spec/containers/0/securityContext","value":{"seccompProfile":{"type":"Localhost","localhostProfile":"profiles/no-mkdir.json"}}}]'

# Whoever says nothing gets RuntimeDefault.
k8s-sec-lab edit --print kubelet-config.yaml | sed '/^seccompDefault:/d' > kubelet-config.yaml
echo 'seccompDefault: true' >> kubelet-config.yaml
k8s-sec-lab edit kubelet-config.yaml --from kubelet-config.yaml

kubectl rollout status deployment/preview -n papers --timeout 60s
kubectl rollout status deployment/parser -n papers --timeout 60s
