# --- The policy, in the language that Kubernetes speaks itself ----------------------------------------------------------
kubectl apply -f - <<'YAML'
apiVersion: policies.kyverno.io/v1
kind: ValidatingPolicy
metadata:
  name: trusted-registry
spec:
  # Refuse. Audit only writes a report.
  validationActions: [Deny]
  # When Kyverno cannot be asked, the answer is no.
  failurePolicy: Fail
  matchConstraints:
    # Every namespace but those of the cluster itself: what is left out is listed, not what is meant.
    namespaceSelector:
      matchExpressions:
        - { key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system] }
    resourceRules:
      - { apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods] }
  # The same rule for everything that makes Pods.
  autogen:
    podControllers:
      controllers: [deployments, statefulsets, daemonsets, replicasets, jobs, cronjobs]
  validations:
    - message: Images come from registry.lab.local.
      expression: >-
        object.spec.containers.all(c, c.image.startsWith('registry.lab.local/'))
    - message: Images of init containers come from registry.lab.local.
      expression: >-
        object.spec.?initContainers.orValue([]).all(c, c.image.startsWith('registry.lab.local/'))
---
# --- One hole, as small as it can be ------------------------------------------------------------------------------------
# The Deployment, and the ReplicaSets and Pods that are made for it: the Deployment has a name, they have its label.
apiVersion: policies.kyverno.io/v1
kind: PolicyException
metadata:
  name: legacy-billing
  # The only namespace whose exceptions count here.
  namespace: policy-exceptions
spec:
  policyRefs:
    - { name: trusted-registry, kind: ValidatingPolicy }
  matchConditions:
    - name: billing-of-legacy
      expression: >-
        object.metadata.namespace == 'legacy' && object.metadata.?labels[?'app'].orValue('') == 'billing'
YAML

# --- The old one, which never refused anything --------------------------------------------------------------------------
kubectl delete clusterpolicy trusted-registry
