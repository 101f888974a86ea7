# A better image, and another program.
sed -e '/- name: app/,$ s|image: .*|image: registry.lab.local/shop/better:1.0|' "$LAB_SOLUTION" | bash -euo pipefail
