# AppArmor is done, SELinux is forgotten.
bash -euo pipefail -c "$(sed -e 's/type: container_t/type: spc_t/' "$LAB_SOLUTION")"
