# The call is stopped, and the program with it.
sed -e 's/SCMP_ACT_ERRNO/SCMP_ACT_KILL_PROCESS/; /rollout status/d' "$LAB_SOLUTION" | bash -euo pipefail
