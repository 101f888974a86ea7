# All addresses, without the hole.
bash -euo pipefail -c "$(sed -e 's/, except: [^}]*}/ }/' "$LAB_SOLUTION")"
