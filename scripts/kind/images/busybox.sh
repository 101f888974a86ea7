#!/usr/bin/env bash
# busybox.sh PROGRAM ROOT: a root folder with one static program, under all the names it answers to.
set -euo pipefail
program=$1 root=$2

mkdir -p "$root"/{bin,etc,home,root,tmp,var/run,var/www}
chmod 1777 "$root/tmp"
install -m 0755 "$program" "$root/bin/busybox"
# What sets up a machine has no place in a container.
"$program" --list | grep -vxE 'busybox|init|linuxrc|dpkg|dpkg-deb|rpm|rpm2cpio|halt|poweroff|reboot' | while read -r name; do
  ln -s busybox "$root/bin/$name"
done
printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'nobody:x:65534:65534:nobody:/home:/bin/false' >"$root/etc/passwd"
printf '%s\n' 'root:x:0:' 'nogroup:x:65534:' >"$root/etc/group"

# The lessons' vocabulary.
for name in httpd nc wget sh id touch mkdir grep sleep cat; do
  [ -L "$root/bin/$name" ] || {
    echo "this busybox has no $name" >&2
    exit 1
  }
done
# Nothing listens on port 1: refused is the right answer, a crash is not.
code=0
"$program" wget -q -T 2 -O - http://127.0.0.1:1/ 2>/dev/null || code=$?
[ "$code" -eq 1 ] || {
  echo "wget of this busybox ends with exit code $code where it should say that nobody answers" >&2
  exit 1
}
