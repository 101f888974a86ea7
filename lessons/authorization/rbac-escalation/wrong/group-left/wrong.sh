# The role is right, the group is forgotten.
kubectl create serviceaccount releaser -n release
kubectl delete clusterrolebinding releaser
kubectl create clusterrolebinding releaser --clusterrole=release-reader --serviceaccount=release:releaser
kubectl apply -f - <<'EOF'
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: intern, namespace: build }
rules:
  - { apiGroups: [apps], resources: [deployments], verbs: [create, get, list] }

EOF
