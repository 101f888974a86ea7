# The same with Datree in the pipeline.
k8s-sec-lab tools install datree > tools.txt
bash -euo pipefail -c "$(cat "$LAB_SOLUTION")"
cat > repo/ci/policy.sh <<'EOF'
#!/usr/bin/env bash
set -euo pipefail
folder=${1:-k8s/overlays/prod}
kubectl kustomize "$folder" > rendered.yaml
# Its settings, offline, and nowhere else than here.
export HOME=$PWD
mkdir -p .datree
printf 'client_id: none\noffline: local\n' > .datree/config.yaml
datree test --no-record --ignore-missing-schemas --policy-config policies/datree.yaml rendered.yaml
EOF
cat > repo/policies/datree.yaml <<'EOF'
apiVersion: v1
policies:
  - name: shop
    isDefault: true
    rules:
      - { identifier: SHOP_IMAGE, messageOnFailure: images come from registry.shop.example with a version }
      - { identifier: SHOP_ROOT, messageOnFailure: the Pod template says runAsNonRoot }
      - { identifier: SHOP_MEMORY, messageOnFailure: each container has a memory limit }
customRules:
  - identifier: SHOP_IMAGE
    name: image
    defaultMessageOnFailure: image
    schema:
      properties:
        spec:
          properties:
            template:
              properties:
                spec:
                  properties:
                    containers:
                      items:
                        properties:
                          image:
                            pattern: "^registry\\.shop\\.example/.*:[^/]+$"
                            not: { pattern: ":latest$" }
  - identifier: SHOP_ROOT
    name: root
    defaultMessageOnFailure: root
    schema:
      properties:
        spec:
          properties:
            template:
              properties:
                spec:
                  required: [securityContext]
                  properties:
                    securityContext:
                      type: object
                      required: [runAsNonRoot]
                      properties: { runAsNonRoot: { enum: [true] } }
  - identifier: SHOP_MEMORY
    name: memory
    defaultMessageOnFailure: memory
    schema:
      properties:
        spec:
          properties:
            template:
              properties:
                spec:
                  properties:
                    containers:
                      items:
                        required: [resources]
                        properties:
                          resources:
                            type: object
                            required: [limits]
                            properties: { limits: { required: [memory] } }
EOF
