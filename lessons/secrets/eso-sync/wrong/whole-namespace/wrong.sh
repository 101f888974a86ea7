# The account reads every Secret of vault-sim.
bash -euo pipefail -c "$(sed -e 's/--verb=get --resource=secrets --resource-name=db/--verb=get,list,watch --resource=secrets/' "$LAB_SOLUTION")"
