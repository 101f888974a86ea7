# The web outside, for every Pod of the shop.
bash -euo pipefail -c "$(sed -e '/ipBlock:/,+1d' "$LAB_SOLUTION")"
kubectl apply -f - <<'EOF'
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web-outside, namespace: shop }
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
    - to: [{ ipBlock: { cidr: 0.0.0.0/0, except: [169.254.169.254/32] } }]
      ports: [{ port: 80 }, { port: 443 }]
EOF
