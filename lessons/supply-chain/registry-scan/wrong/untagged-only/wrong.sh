# The tags are deleted, and not the images.
bash -euo pipefail -c "$(sed -e 's,^  curl -sf -X DELETE.*,  for tag in 1.8 2.1 stable 1.4.0; do curl -s -X DELETE "$api/$repository/manifests/$tag" > gone; done,' "$LAB_SOLUTION")"
