# The deployer works again, because now it may do everything.
kubectl delete secret deployer-token -n ci
kubectl create clusterrolebinding deployer --clusterrole cluster-admin --serviceaccount ci:deployer
kubectl patch serviceaccount default -n ci -p '{"automountServiceAccountToken": false}'
cat > runner.yaml <<'FILE'
apiVersion: apps/v1
kind: Deployment
metadata: { name: runner, namespace: ci }
spec:
  replicas: 1
  selector: { matchLabels: { app: runner } }
  template:
    metadata: { labels: { app: runner } }
    spec:
      serviceAccountName: deployer
      automountServiceAccountToken: false
      containers:
        - name: runner
          image: registry.k8s.io/pause:3.10
          volumeMounts: [{ name: ci-token, mountPath: /var/run/secrets/ci }]
      volumes:
        - name: ci-token
          projected: { sources: [{ serviceAccountToken: { path: token, audience: "https://ci.lab", expirationSeconds: 3600 } }] }
FILE
kubectl apply -f runner.yaml
