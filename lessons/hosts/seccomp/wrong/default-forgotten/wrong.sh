# Both Deployments are right, and the node still filters nobody who says nothing.
k8s-sec-lab node -- mkdir -p /var/lib/kubelet/seccomp/profiles
k8s-sec-lab node -- tee /var/lib/kubelet/seccomp/profiles/no-mkdir.json <<'EOF'
{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"}]}
EOF
kubectl patch deployment preview -n papers --type json \
  -p '[{"op":"replace","path":"/spec/template/spec/containers/0/securityContext","value":{"seccompProfile":{"type":"RuntimeDefault"}}}]'
kubectl patch deployment parser -n papers --type json \
  -p '[{"op":"replace","path":"/spec/template/spec/containers/0/securityContext","value":{"seccompProfile":{"type":"Localhost","localhostProfile":"profiles/no-mkdir.json"}}}]'
