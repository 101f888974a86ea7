# The policy says what is right, for all three kinds of containers. The registries come in as a parameter.
cat > policy.yaml <<'EOF'
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: trusted-images
spec:
  failurePolicy: Fail # cannot be evaluated: refused
  paramKind:
    apiVersion: v1
    kind: ConfigMap
  matchConstraints:
    resourceRules:
      - apiGroups: [""]
        apiVersions: [v1]
        operations: [CREATE, UPDATE]
        resources: [pods, pods/ephemeralcontainers]
  variables:
    - name: containers
      # .? and orValue: these two lists are absent from most pods.
      expression: >-
        object.spec.containers
        + object.spec.?initContainers.orValue([])
        + object.spec.?ephemeralContainers.orValue([])
    - name: registries
      expression: params.data.allow.split(',')
  validations:
    # The slash ends the host name, so registry.lab.local.evil.com does not fit.
    - expression: variables.containers.all(c, variables.registries.exists(r, c.image.startsWith(r + '/')))
      messageExpression: "'every image must come from one of: ' + params.data.allow"
    # The dollar sign ends the name, so nothing follows the digest.
    - expression: variables.containers.all(c, c.image.matches('@sha256:[a-f0-9]{64}$'))
      message: every image must end in a digest, @sha256:...
---
# The binding says where it holds, with which parameter, and what happens.
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: trusted-images
spec:
  policyName: trusted-images
  validationActions: [Deny]
  paramRef:
    name: registries
    namespace: policy
    parameterNotFoundAction: Deny # ConfigMap gone: refused
  matchResources:
    namespaceSelector:
      matchLabels:
        env: prod
EOF
kubectl apply -f policy.yaml

# It takes about a second until the API server uses policy and parameter: then the good pod passes and the bad ones do not.
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  sleep 1
  if kubectl apply -f pods/good.yaml --dry-run=server && ! kubectl apply -f pods/bad.yaml --dry-run=server; then break; fi
done
