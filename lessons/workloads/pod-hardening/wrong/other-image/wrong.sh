# A better image, and another program.
bash -euo pipefail -c "$(sed -e '/- name: app/,$ s|image: .*|image: registry.lab.local/shop/better:1.0|' "$LAB_SOLUTION")"
