# All addresses, without the hole.
sed -e 's/, except: [^}]*}/ }/' "$LAB_SOLUTION" | bash -euo pipefail
