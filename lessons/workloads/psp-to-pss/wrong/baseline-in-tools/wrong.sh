# tools is told to be baseline.
kubectl label --overwrite namespace web pod-security.kubernetes.io/enforce=restricted pod-security.kubernetes.io/enforce-version=v1.34
kubectl label --overwrite namespace batch pod-security.kubernetes.io/enforce=baseline pod-security.kubernetes.io/enforce-version=v1.34 pod-security.kubernetes.io/warn=restricted pod-security.kubernetes.io/audit=restricted
kubectl label namespace tools pod-security.kubernetes.io/enforce=baseline
cat > tools-policy.yaml <<'FILE'
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: tools-pods }
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
      - { apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods, pods/ephemeralcontainers] }
  variables:
    - name: containers
      expression: "object.spec.containers + object.spec.?initContainers.orValue([]) + object.spec.?ephemeralContainers.orValue([])"
    - name: volumes
      expression: object.spec.?volumes.orValue([])
  validations:
    - expression: variables.containers.all(c, !c.?securityContext.?privileged.orValue(false))
      message: privileged containers are not allowed in tools
    - expression: "variables.containers.all(c, c.?securityContext.?readOnlyRootFilesystem.orValue(false))"
      message: every container in tools needs readOnlyRootFilesystem
    - expression: "variables.volumes.all(v, !has(v.hostPath) || v.hostPath.path == '/var/log' || v.hostPath.path.startsWith('/var/log/'))"
      message: in tools only /var/log of the host may be mounted
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: tools-pods }
spec:
  policyName: tools-pods
  validationActions: [Deny]
  matchResources: { namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: tools } } }
FILE
kubectl apply -f tools-policy.yaml
kubectl delete clusterrolebinding web-admin-namespace-labels
