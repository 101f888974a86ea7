cd repo
cat > ci/policy.sh <<'EOF'
#!/usr/bin/env bash
# Runs before each merge, from the root of the repository: bash ci/policy.sh [FOLDER]
# FOLDER is a kustomization. Exit code 0 lets the merge through.
set -euo pipefail
folder=${1:-k8s/overlays/prod}
kubectl kustomize "$folder" > rendered.yaml
kyverno apply policies --resource rendered.yaml
EOF

cat > policies/deployments.yaml <<'EOF'
apiVersion: policies.kyverno.io/v1
kind: ValidatingPolicy
metadata:
  name: deployments
spec:
  validationActions: [Deny]
  matchConstraints:
    resourceRules:
      - { apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments] }
  validations:
    - expression: object.spec.template.spec.containers.all(c, c.image.matches(':[^/]+$') && !c.image.endsWith(':latest'))
      message: images are named by a version, not by latest
    - expression: object.spec.template.spec.?securityContext.?runAsNonRoot.orValue(false) == true
      message: the Pod template says runAsNonRoot
    - expression: object.spec.template.spec.containers.all(c, has(c.resources) && has(c.resources.limits) && 'memory' in c.resources.limits)
      message: each container has a memory limit
EOF

cat > k8s/base/web.yaml <<'EOF'
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 1
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      securityContext:
        runAsNonRoot: true
      containers:
        - name: web
          image: registry.shop.example/web:1.27
          ports:
            - containerPort: 8080
          resources:
            limits:
              memory: 128Mi
EOF
cat > k8s/overlays/prod/kustomization.yaml <<'EOF'
resources:
  - ../../base
replicas:
  - name: web
    count: 3
EOF

# --- The same rules at the door of the cluster ---
kubectl apply -f - <<'EOF'
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: shop
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
      - { apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments] }
  validations:
    - expression: object.spec.template.spec.containers.all(c, c.image.startsWith('registry.shop.example/'))
      message: images come from registry.shop.example alone
    - expression: object.spec.template.spec.containers.all(c, c.image.matches(':[^/]+$') && !c.image.endsWith(':latest'))
      message: images are named by a version, not by latest
    - expression: object.spec.template.spec.?securityContext.?runAsNonRoot.orValue(false) == true
      message: the Pod template says runAsNonRoot
    - expression: object.spec.template.spec.containers.all(c, has(c.resources) && has(c.resources.limits) && 'memory' in c.resources.limits)
      message: each container has a memory limit
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: shop
spec:
  policyName: shop
  validationActions: [Deny]
  matchResources:
    namespaceSelector:
      matchLabels:
        policy: shop
EOF
