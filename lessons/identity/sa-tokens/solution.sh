# The leaked token lives from this Secret. About ten seconds later the API server has forgotten it.
kubectl delete secret deployer-token -n ci --ignore-not-found

# Pods that name no ServiceAccount use default: no token for them unless they ask.
kubectl patch serviceaccount default -n ci -p '{"automountServiceAccountToken": false}'

# runner asks for one token, short, and only for https://ci.lab.
cat > runner.yaml <<'FILE'
apiVersion: apps/v1
kind: Deployment
metadata:
  name: runner
  namespace: ci
spec:
  replicas: 1
  selector:
    matchLabels: { app: runner }
  template:
    metadata:
      labels: { app: runner }
    spec:
      serviceAccountName: deployer
      automountServiceAccountToken: false
      containers:
        - name: runner
          image: registry.k8s.io/pause:3.10
          volumeMounts:
            - name: ci-token
              mountPath: /var/run/secrets/ci
              readOnly: true
      volumes:
        - name: ci-token
          projected:
            sources:
              - serviceAccountToken:
                  path: token
                  audience: https://ci.lab
                  expirationSeconds: 3600
FILE
kubectl apply -f runner.yaml
