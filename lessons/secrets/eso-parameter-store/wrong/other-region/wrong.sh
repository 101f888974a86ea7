# A region in which the account has no parameters.
bash -euo pipefail -c "$(sed -e 's/region: eu-central-1/region: us-east-1/' "$LAB_SOLUTION")"
