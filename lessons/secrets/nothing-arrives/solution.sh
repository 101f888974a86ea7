# Any change of an ExternalSecret makes the operator try at once.
again() {
  kubectl annotate externalsecret db -n "$1" force-sync="$(date +%s%N)" --overwrite
  kubectl wait externalsecret db -n "$1" --for=condition=Ready --timeout=30s
}

# --- bakery: sealed for bakery-test/db. The value is sealed again, for the place where it lies. -------------------------
password=$(kubectl get secret db -n bakery-test -o jsonpath='{.data.password}' | base64 -d)
kubectl create secret generic db -n bakery --from-literal=password="$password" --dry-run=client -o yaml |
  kubeseal --format yaml > bakery/db.yaml
kubectl apply -f bakery/db.yaml
kubectl wait sealedsecret db -n bakery --for=condition=Synced --timeout=30s
k8s-sec-lab answer bakery sealing

# --- florist: the rights were given, to an account that nobody made. ---------------------------------------------------
kubectl create serviceaccount store -n florist
kubectl wait secretstore originals -n florist --for=condition=Ready --timeout=60s
again florist
k8s-sec-lab answer florist account

# --- press: Vault does not know the token. The store signs in as its account instead. ----------------------------------
kubectl patch secretstore vault -n press --type=json -p '[{
  "op": "replace", "path": "/spec/provider/vault/auth", "value":
  {"kubernetes": {"mountPath": "kubernetes", "role": "press", "serviceAccountRef": {"name": "store", "audiences": ["vault"]}}}
}]'
kubectl delete secret vault-token -n press
kubectl wait secretstore vault -n press --for=condition=Ready --timeout=30s
again press
k8s-sec-lab answer press token

# --- bikes: the address leads to the operator itself, where nobody listens. The library has the right one. --------------
api=$(kubectl get secretstore originals -n library -o jsonpath='{.spec.provider.kubernetes.server.url}')
kubectl patch secretstore originals -n bikes --type=merge -p "{\"spec\": {\"provider\": {\"kubernetes\": {\"server\": {\"url\": \"$api\"}}}}}"
again bikes
k8s-sec-lab answer bikes address

# --- garden: the store is meant for an operator that does not run here. -------------------------------------------------
kubectl patch secretstore originals -n garden --type=json -p '[{"op": "remove", "path": "/spec/controller"}]'
kubectl wait secretstore originals -n garden --for=condition=Ready --timeout=30s
again garden
k8s-sec-lab answer garden controller
