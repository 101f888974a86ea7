# --- The way to Vault -------------------------------------------------------------------------------------------------
# on whatever port is free; it says which one
log=$(mktemp)
kubectl proxy --port=0 >"$log" &
trap "kill $!; rm -f $log" EXIT
until grep -q Starting "$log"; do sleep 0.1; done
export VAULT_ADDR="http://127.0.0.1:$(sed 's/.*://' "$log")/api/v1/namespaces/vault/services/https:vault:https/proxy"
VAULT_TOKEN=$(cat admin.token)
export VAULT_TOKEN

# --- Who: an account that has no rights in the cluster -----------------------------------------------------------------
kubectl create serviceaccount store -n app

# --- What it may read, and from where it may sign in ------------------------------------------------------------------
vault policy write app - <<'POLICY'
path "secret/data/app/*" {
  capabilities = ["read"]
}
POLICY
vault write auth/kubernetes/role/app \
  bound_service_account_names=store \
  bound_service_account_namespaces=app \
  audience=vault \
  token_policies=app \
  token_ttl=10m

# --- How the operator gets there --------------------------------------------------------------------------------------
kubectl get configmap vault-ca -n vault -o jsonpath='{.data.ca\.crt}' >vault-ca.crt
kubectl create configmap vault-ca -n app --from-file=ca.crt=vault-ca.crt
address=$(kubectl get configmap vault -n app -o jsonpath='{.data.address}')
# replace, so that nothing of the old store stays
kubectl replace -f - <<STORE
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
  namespace: app
spec:
  provider:
    vault:
      server: $address
      path: secret
      version: v2
      caProvider: { type: ConfigMap, name: vault-ca, key: ca.crt }
      auth:
        kubernetes: { mountPath: kubernetes, role: app, serviceAccountRef: { name: store, audiences: [vault] } }
STORE
kubectl patch externalsecret db -n app --type=merge -p '{"spec": {"refreshInterval": "2s"}}'

# --- The old way: revoked first, while we still know it ---------------------------------------------------------------
token=$(kubectl get secret vault-token -n app -o jsonpath='{.data.token}' | base64 -d)
vault token revoke "$token"
kubectl delete secret vault-token -n app
