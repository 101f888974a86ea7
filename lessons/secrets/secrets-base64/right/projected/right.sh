# The same with a projected volume, and the mode at the one file.
kubectl() {
  case "$*" in
    *'patch deployment web'*) command kubectl patch deployment web -n webshop --type=json -p '[
      {"op": "remove", "path": "/spec/template/spec/containers/0/envFrom"},
      {"op": "add", "path": "/spec/template/spec/containers/0/volumeMounts/-",
       "value": {"name": "db", "mountPath": "/etc/web-db/"}},
      {"op": "add", "path": "/spec/template/spec/volumes/-",
       "value": {"name": "db", "projected": {"sources": [{"secret": {"name": "web-db",
        "items": [{"key": "password", "path": "password", "mode": 256}]}}]}}}]' ;;
    *) command kubectl "$@" ;;
  esac
}
export -f kubectl
bash -euo pipefail -c "$(cat "$LAB_SOLUTION")"
