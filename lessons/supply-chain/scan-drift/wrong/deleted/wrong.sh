bash -euo pipefail "$LAB_SOLUTION"
kubectl -n shop delete cronjob ledger
