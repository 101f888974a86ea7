# The store is right; nobody told the ExternalSecret.
kubectl patch secretstore originals -n garden --type=json -p '[{"op": "remove", "path": "/spec/controller"}]'
kubectl wait secretstore originals -n garden --for=condition=Ready --timeout=30s
