# The base is repaired, and the overlay still says latest.
bash -euo pipefail -c "$(sed -e '/^    count: 3/a\
images: [{ name: registry.shop.example/web, newTag: latest }]' "$LAB_SOLUTION")"
