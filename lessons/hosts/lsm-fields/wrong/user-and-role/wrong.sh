# Only the type was changed.
sed -e 's/^\( *\)type: container_t/&\n\1user: system_u\n\1role: system_r/' "$LAB_SOLUTION" | bash -euo pipefail
