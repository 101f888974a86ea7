# One letter less, and the entry is about a resource that does not exist.
cat <<EOF > encryption.yaml
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secret]
    providers:
      - secretbox: { keys: [{ name: key1, secret: $(head -c 32 /dev/urandom | base64) }] }
      - identity: {}
EOF
k8s-sec-lab edit encryption.yaml --from encryption.yaml
