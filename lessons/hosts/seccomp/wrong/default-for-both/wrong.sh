# The runtime’s own list lets mkdir through.
sed -e 's/"type":"Localhost","localhostProfile":"[^"]*"/"type":"RuntimeDefault"/' "$LAB_SOLUTION" | bash -euo pipefail
