# Words are searched for, and no tool is asked.
bash -euo pipefail -c "$(sed -e 's/^kyverno apply.*/! grep -qE "docker.io|latest" rendered.yaml/' "$LAB_SOLUTION")"
