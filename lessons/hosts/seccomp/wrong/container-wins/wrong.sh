# The Pod says RuntimeDefault, and its container still says Unconfined.
k8s-sec-lab node -- mkdir -p /var/lib/kubelet/seccomp/profiles
k8s-sec-lab node -- tee /var/lib/kubelet/seccomp/profiles/no-mkdir.json <<'EOF'
{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"}]}
EOF
kubectl patch deployment preview -n papers -p '{"spec":{"template":{"spec":{"securityContext":{"seccompProfile":{"type":"RuntimeDefault"}}}}}}'
kubectl patch deployment parser -n papers --type json \
  -p '[{"op":"replace","path":"/spec/template/spec/containers/0/securityContext","value":{"seccompProfile":{"type":"Localhost","localhostProfile":"profiles/no-mkdir.json"}}}]'
k8s-sec-lab edit --print kubelet-config.yaml > kubelet-config.yaml
echo 'seccompDefault: true' >> kubelet-config.yaml
k8s-sec-lab edit kubelet-config.yaml --from kubelet-config.yaml
