# A policy that fetches once.
kubectl delete clusterrolebinding app-secret-copier
kubectl create serviceaccount store -n app
kubectl create role read-db -n vault-sim --verb=get --resource=secrets --resource-name=db
kubectl create rolebinding app-store -n vault-sim --role=read-db --serviceaccount=app:store
api=$(kubectl get configmap cluster -n app -o jsonpath='{.data.api}')
kubectl apply -f - <<EOF
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: { name: platform, namespace: app }
spec:
  provider:
    kubernetes:
      remoteNamespace: vault-sim
      server:
        url: $api
        caProvider: { type: ConfigMap, name: kube-root-ca.crt, key: ca.crt }
      auth: { serviceAccount: { name: store } }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: db, namespace: app }
spec:
  refreshInterval: 10s
  refreshPolicy: CreatedOnce
  secretStoreRef: { kind: SecretStore, name: platform }
  target: { name: db }
  data:
    - secretKey: password
      remoteRef: { key: db, property: password }
EOF
