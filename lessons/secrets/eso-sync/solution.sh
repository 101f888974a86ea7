# --- The account that copies everything -----------------------------------------------------------------------------
# The binding is what gives the rights. Without it the account is harmless, and it is not needed either.
kubectl delete clusterrolebinding app-secret-copier
kubectl delete clusterrole secret-copier
kubectl delete serviceaccount copier -n app

# --- An account that reads one original ------------------------------------------------------------------------------
kubectl create serviceaccount store -n app
# Role and RoleBinding stand in vault-sim, where the Secret is.
kubectl create role read-db -n vault-sim --verb=get --resource=secrets --resource-name=db
kubectl create rolebinding app-store -n vault-sim --role=read-db --serviceaccount=app:store

# --- How to get at values, and which one is wanted -------------------------------------------------------------------
# Where components of this cluster find the API server: the task says it, and this ConfigMap does.
api=$(kubectl get configmap cluster -n app -o jsonpath='{.data.api}')
kubectl apply -f - <<EOF
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: platform
  namespace: app
spec:
  provider:
    kubernetes:
      remoteNamespace: vault-sim
      server:
        url: $api
        # every namespace has this ConfigMap
        caProvider: { type: ConfigMap, name: kube-root-ca.crt, key: ca.crt }
      auth:
        serviceAccount: { name: store }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: app
spec:
  refreshInterval: 10s
  secretStoreRef: { kind: SecretStore, name: platform }
  target: { name: db }
  data:
    - secretKey: password
      remoteRef: { key: db, property: password }
EOF
