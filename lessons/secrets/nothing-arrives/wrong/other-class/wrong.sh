# A name that sounds better, and that nobody has either.
kubectl patch secretstore originals -n garden --type=merge -p '{"spec": {"controller": "green"}}'
