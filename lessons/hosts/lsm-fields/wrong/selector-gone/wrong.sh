# So that it does not wait any more.
cat > collector.yaml <<FILE
apiVersion: apps/v1
kind: Deployment
metadata:
  name: collector
  namespace: host
spec:
  replicas: 1
  selector:
    matchLabels: { app: collector }
  template:
    metadata:
      labels: { app: collector }
    spec:
      terminationGracePeriodSeconds: 1
      automountServiceAccountToken: false
      containers:
        - name: collector
          image: $LAB_IMAGE_BUSYBOX
          imagePullPolicy: IfNotPresent
          command: [sh, -c, while cat /proc/loadavg; do sleep 5; done]
          securityContext:
            appArmorProfile:
              type: Localhost
              localhostProfile: lab-deny-write
            seLinuxOptions:
              type: container_t
              level: "s0:c17,c42"
FILE

# Again when a controller wrote at the same moment (Conflict).
kubectl replace -f collector.yaml || kubectl replace -f collector.yaml || kubectl replace -f collector.yaml
