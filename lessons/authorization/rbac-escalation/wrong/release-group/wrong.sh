# The role for whoever works in release.
bash -euo pipefail -c "$(sed -e 's/--serviceaccount=release:releaser/--group=system:serviceaccounts:release/' "$LAB_SOLUTION")"
