# latest is refused, and no tag at all is not.
bash -euo pipefail -c "$(sed -e "s/c.image.matches(':\[^.\]+\$') && //" "$LAB_SOLUTION")"
