# The verb from the text goes, the others stay.
kubectl create serviceaccount releaser -n release
kubectl delete clusterrolebinding releaser
kubectl create clusterrolebinding releaser --clusterrole=release-reader --serviceaccount=release:releaser
kubectl apply -f - <<'EOF'
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: intern, namespace: build }
rules:
  - { apiGroups: [apps], resources: [deployments], verbs: [create, get, list] }
  - { apiGroups: [""], resources: [pods], verbs: [create, get, list] }
  - { apiGroups: [""], resources: [serviceaccounts], verbs: [get, list, impersonate] }
  - { apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [create, patch, escalate, bind] }
  - { apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [create] }
EOF
