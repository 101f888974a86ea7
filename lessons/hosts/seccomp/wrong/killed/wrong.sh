# The call is stopped, and the program with it.
bash -euo pipefail -c "$(sed -e 's/SCMP_ACT_ERRNO/SCMP_ACT_KILL_PROCESS/' "$LAB_SOLUTION")"
