# The files are judged, and not what comes out of them.
bash -euo pipefail -c "$(cat "$LAB_SOLUTION")"
sed -i.old -e 's,--resource rendered.yaml,--resource "$(ls "$folder"/*.yaml | grep -v kustomization || echo k8s/base/web.yaml)",' repo/ci/policy.sh
