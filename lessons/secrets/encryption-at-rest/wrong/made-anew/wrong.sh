# Rewritten by deleting and creating.
key1=$(head -c 32 /dev/urandom | base64)
key2=$(head -c 32 /dev/urandom | base64)
use() { # providers from standard input
  { printf 'apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n  - resources: [secrets]\n    providers:\n'; cat; } > encryption.yaml
  k8s-sec-lab edit encryption.yaml --from encryption.yaml
}
restart() { k8s-sec-lab cluster restart kube-apiserver; }
rewrite() { kubectl get secrets -A -o json | kubectl replace -f -; }

use <<EOF
      - secretbox: { keys: [{ name: key1, secret: $key1 }] }
      - identity: {}
EOF
restart
rewrite
use <<EOF
      - secretbox: { keys: [{ name: key2, secret: $key2 }, { name: key1, secret: $key1 }] }
      - identity: {}
EOF
restart
kubectl get secrets -A -o json > all.json
kubectl replace --force -f all.json
use <<EOF
      - secretbox: { keys: [{ name: key2, secret: $key2 }] }
EOF
restart
