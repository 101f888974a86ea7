# keys stands beside secretbox instead of below it, so the API server refuses the file.
{ printf 'apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n  - resources: [secrets]\n    providers:\n'; cat <<EOF; } > encryption.yaml
      - secretbox:
        keys: [{ name: key1, secret: $(head -c 32 /dev/urandom | base64) }]
      - identity: {}
EOF
k8s-sec-lab edit encryption.yaml --from encryption.yaml
kubectl get secrets -A -o json | kubectl replace -f -
