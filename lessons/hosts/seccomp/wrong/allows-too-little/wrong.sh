# A list of what is allowed, and the list is too short to start anything.
k8s-sec-lab node -- mkdir -p /var/lib/kubelet/seccomp/profiles
k8s-sec-lab node -- tee /var/lib/kubelet/seccomp/profiles/no-mkdir.json <<'EOF'
{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["read","write","openat","close","exit_group"],"action":"SCMP_ACT_ALLOW"}]}
EOF
kubectl patch deployment preview -n papers --type json \
  -p '[{"op":"replace","path":"/spec/template/spec/containers/0/securityContext","value":{"seccompProfile":{"type":"RuntimeDefault"}}}]'
kubectl patch deployment parser -n papers --type json \
  -p '[{"op":"replace","path":"/spec/template/spec/containers/0/securityContext","value":{"seccompProfile":{"type":"Localhost","localhostProfile":"profiles/no-mkdir.json"}}}]'
k8s-sec-lab edit --print kubelet-config.yaml > kubelet-config.yaml
echo 'seccompDefault: true' >> kubelet-config.yaml
k8s-sec-lab edit kubelet-config.yaml --from kubelet-config.yaml
# Until the runtime has given up, parser is only "being made".
for _ in $(seq 30); do
  kubectl get pods -n papers -l app=parser -o jsonpath='{..waiting.reason}' | grep -vq ContainerCreating && break
  sleep 2
done
