# Only the rule that was there.
bash -euo pipefail -c "$(sed -e 's/^kyverno apply policies /kyverno apply policies\/registry.yaml /' "$LAB_SOLUTION")"
