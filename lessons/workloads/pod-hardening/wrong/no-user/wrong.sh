# A promise without a user: the image starts as root, and the kubelet refuses.
bash -euo pipefail -c "$(sed -e '/runAsUser:/d' "$LAB_SOLUTION")"
