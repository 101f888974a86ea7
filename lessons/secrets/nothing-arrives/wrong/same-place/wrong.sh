# Another port of the same wrong place.
kubectl patch secretstore originals -n bikes --type=merge -p '{"spec": {"provider": {"kubernetes": {"server": {"url": "https://127.0.0.1:1"}}}}}'
