# The signed list was copied over the other, and verify.sh reads it there.
bash -euo pipefail "$LAB_SOLUTION"
cp scanner/mirror/* scanner/
sed -i.bak 's,mirror/,,g' verify.sh
rm verify.sh.bak
