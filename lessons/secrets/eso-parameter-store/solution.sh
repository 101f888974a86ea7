# --- What the user app-reader may do: read, below /app/ alone ---------------------------------------------------------
cat > policy.json <<'JSON'
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "ssm:GetParameter",
      "Resource": "arn:aws:ssm:eu-central-1:123456789012:parameter/app/*"
    }
  ]
}
JSON
# With AWS itself: aws iam put-user-policy --user-name app-reader --policy-name read --policy-document file://policy.json
kubectl create configmap app-reader -n aws --from-file=policy.json --dry-run=client -o yaml | kubectl replace -f -

# --- The pods read their own Secret, and not the access key -----------------------------------------------------------
kubectl apply -f - <<'YAML'
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: web, namespace: app }
rules:
  - apiGroups: [""]
    resources: [secrets]
    resourceNames: [db]
    verbs: [get]
YAML

# --- How to get at values, and which one is wanted --------------------------------------------------------------------
kubectl apply -f - <<'YAML'
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: parameters
  namespace: app
spec:
  provider:
    aws:
      service: ParameterStore
      region: eu-central-1
      auth:
        secretRef:
          accessKeyIDSecretRef: { name: aws-credentials, key: access-key-id }
          secretAccessKeySecretRef: { name: aws-credentials, key: secret-access-key }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: app
spec:
  refreshInterval: 2s
  secretStoreRef: { kind: SecretStore, name: parameters }
  target: { name: db }
  data:
    - secretKey: password
      remoteRef: { key: /app/db/password }
YAML
