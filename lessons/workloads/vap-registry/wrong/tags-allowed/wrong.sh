# The right registry, by tag.
kubectl apply -f - <<'EOF'
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: trusted-images }
spec:
  failurePolicy: Fail
  paramKind: { apiVersion: v1, kind: ConfigMap }
  matchConstraints:
    resourceRules:
      - { apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods, pods/ephemeralcontainers] }
  variables:
    - name: all
      expression: object.spec.containers + object.spec.?initContainers.orValue([]) + object.spec.?ephemeralContainers.orValue([])
    - name: registries
      expression: params.data.allow.split(',')
  validations:
    - expression: variables.all.all(c, variables.registries.exists(r, c.image.startsWith(r + '/')))
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: trusted-images }
spec:
  policyName: trusted-images
  validationActions: [Deny]
  paramRef: { name: registries, namespace: policy, parameterNotFoundAction: Deny }
  matchResources: { namespaceSelector: { matchLabels: { env: prod } } }
EOF
