# Tries a connection to each TCP port of the node's address, and prints those that answer. It takes some seconds.
address=$(kubectl get nodes -o jsonpath='{.items[0].status.addresses[?(@.type=="InternalIP")].address}' | cut -d' ' -f1)
k8s-sec-lab node -- bash -c '
  answers() { { : 3<> "/dev/tcp/$0/$1"; } 2> /dev/null; }
  for ((port = 1; port <= 65535; port++)); do
    # Twice, because a connection that finds only itself does so only once.
    answers "$port" && answers "$port" && printf "%s " "$port"
  done
  echo' "$address"
