# Every account of app may sign in.
bash -euo pipefail -c "$(sed -e "s/bound_service_account_names=store/bound_service_account_names='*'/" "$LAB_SOLUTION")"
