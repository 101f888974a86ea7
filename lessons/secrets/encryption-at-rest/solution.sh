# A file with the providers in order, and one function for each thing that happens more than once.
key1=$(head -c 32 /dev/urandom | base64)
key2=$(head -c 32 /dev/urandom | base64)

use() { # reads the file from standard input, has the API server read it now, and waits until it is ready again
  cat > encryption.yaml
  k8s-sec-lab edit encryption.yaml --from encryption.yaml
  k8s-sec-lab cluster restart kube-apiserver
}
rewrite() { # every Secret of every namespace, read and written back unchanged
  kubectl get secrets -A -o json | kubectl replace -f -
}

# --- Encrypt --------------------------------------------------------------------------------------------------------
# 1. key1 writes from now on; identity still reads what is stored plain.
use <<EOF
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - secretbox:
          keys:
            - { name: key1, secret: $key1 }
      - identity: {}
EOF
# 2. What is stored already is encrypted when it is written once more.
rewrite
k8s-sec-lab check || true # the first task is done; the second is still open

# --- Rotate ---------------------------------------------------------------------------------------------------------
# 3. key2 as the second key: with several API servers, all of them must be able to read it before one writes it.
use <<EOF
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - secretbox:
          keys:
            - { name: key1, secret: $key1 }
            - { name: key2, secret: $key2 }
      - identity: {}
EOF
# 4. key2 first: it writes, key1 still reads. Then everything is written once more.
use <<EOF
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - secretbox:
          keys:
            - { name: key2, secret: $key2 }
            - { name: key1, secret: $key1 }
      - identity: {}
EOF
rewrite
# 5. Nothing stored needs key1 or identity any more.
use <<EOF
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - secretbox:
          keys:
            - { name: key2, secret: $key2 }
EOF
rm encryption.yaml

# 6. Look at the bytes.
etcdctl get /registry/secrets/ledger/db --print-value-only | LC_ALL=C tr -cd '[:print:]' | cut -c 1-26
