# The template with every wall back in place. What is the same for all containers stands once, at the Pod; the rest
# stands in each container, init containers too.
cat > legacy.yaml <<FILE
apiVersion: apps/v1
kind: Deployment
metadata:
  name: legacy
  namespace: shop
spec:
  replicas: 1
  selector:
    matchLabels: { app: legacy }
  template:
    metadata:
      labels: { app: legacy }
    spec:
      terminationGracePeriodSeconds: 1
      automountServiceAccountToken: false # it never asks the API server
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001 # the image names no user, so it needs a number
        seccompProfile:
          type: RuntimeDefault
      initContainers:
        - name: prepare
          image: $LAB_IMAGE_BUSYBOX
          imagePullPolicy: IfNotPresent
          command: [sh, -c, mkdir -p /cache && touch /cache/prepared]
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          resources:
            limits:
              memory: 64Mi
          volumeMounts:
            - name: cache
              mountPath: /cache
      containers:
        - name: app
          image: $LAB_IMAGE_BUSYBOX
          imagePullPolicy: IfNotPresent
          command: [sh, -c, "mkdir -p /cache; while date > /cache/last; do sleep 2; done; exit 1"]
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          resources:
            limits:
              memory: 64Mi
          volumeMounts:
            - name: cache
              mountPath: /cache
      volumes:
        - name: cache
          emptyDir: {}
FILE

# replace, not apply: lines that are gone from the file are gone from the cluster as well.
# Again when a controller wrote at the same moment (Conflict).
kubectl replace -f legacy.yaml || kubectl replace -f legacy.yaml || kubectl replace -f legacy.yaml
