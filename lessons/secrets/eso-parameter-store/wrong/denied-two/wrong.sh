# Every action, but for the two that somebody thought of.
bash -euo pipefail -c "$(sed -e 's/"ssm:GetParameter"/"ssm:*"/' -e 's/^    {$/    { "Effect": "Deny", "Action": ["ssm:PutParameter", "ssm:DeleteParameter"], "Resource": "*" },\n    {/' "$LAB_SOLUTION")"
