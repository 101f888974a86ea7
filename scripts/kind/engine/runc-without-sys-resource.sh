#!/usr/bin/env bash
# An OCI runtime: runc, with CAP_SYS_RESOURCE taken off what a container asks for. It only ever asks for less.
# `create` and `run` read their wishes from config.json in the bundle, `exec` from a file named by --process.
set -euo pipefail

without='map_values(if type == "array" then map(select(. != "CAP_SYS_RESOURCE")) else . end)'

rewrite() {
  local file=$1 filter=$2 text
  text=$(jq -c "$filter" "$file")
  # Written in place: the file's owner and mode are its maker's business.
  printf '%s\n' "$text" >"$file"
}

command='' bundle=. process='' previous=''
for word in "$@"; do
  case "$previous" in
    --bundle | -b) bundle=$word ;;
    --process | -p) process=$word ;;
  esac
  case "$word" in
    create | run | exec) [ -n "$command" ] || command=$word ;;
    --bundle=*) bundle=${word#*=} ;;
    --process=*) process=${word#*=} ;;
  esac
  previous=$word
done

case "$command" in
  create | run) rewrite "$bundle/config.json" "if .process.capabilities then .process.capabilities |= $without else . end" ;;
  exec) [ -z "$process" ] || rewrite "$process" "if .capabilities then .capabilities |= $without else . end" ;;
esac
exec runc "$@"
