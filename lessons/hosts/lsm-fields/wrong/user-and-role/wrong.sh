# Only the type was changed.
bash -euo pipefail -c "$(sed -e 's/^\( *\)type: container_t/&\n\1user: system_u\n\1role: system_r/' "$LAB_SOLUTION")"
