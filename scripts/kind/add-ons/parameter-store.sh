#!/usr/bin/env bash
# parameter-store.sh REQUIREMENTS ROOT: completes a root folder that has Debian's python3 with the packages that a file of
# requirements names, and tries that moto answers there. Nothing is left in it that only an installation needs.
set -euo pipefail
requirements=$1 root=$2

programs=("$root"/usr/bin/python3.*)
python=$(basename "${programs[0]}")
[ -x "$root/usr/bin/$python" ] || {
  echo "there is no python3 in $root" >&2
  exit 1
}
packages="$root/usr/local/lib/$python/dist-packages"
arch=$(uname -m)
# For the Python in there, which is another one than that of this machine.
PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --no-input --disable-pip-version-check --no-deps --no-compile --target "$packages" \
  --only-binary=:all: --python-version "${python#python}" --platform "manylinux2014_$arch" --platform "manylinux_2_28_$arch" \
  --requirement "$requirements"

# Descriptions of every service of AWS, 30 MB of them; one is used.
find "$packages/botocore/data" -mindepth 1 -maxdepth 1 -type d ! -name ssm -exec rm -r {} +
# Nothing is installed in there any more, and nobody logs in: no programs but Python, nothing about where packages came from.
find "$root"/usr/{bin,sbin} ! -type d ! -name 'python3*' -delete
rm -rf "${packages:?}/bin" "$root"/usr/share/{doc,info,lintian,locale,man,perl5} "$root"/etc/apt "${root:?}"/dev/* "$root"/var/{cache,lib,log}/*
rm -f "$root"/etc/{hostname,resolv.conf}
mkdir -p "$root/tmp"
chmod 1777 "$root/tmp"

# What is imported here is compiled on the way, and a file system that is read only will not have to.
env -i PATH="$PATH:/usr/sbin" chroot "$root" /usr/bin/python3 - <<'PY'
import json

import botocore.auth
import werkzeug.serving
from moto.moto_server.werkzeug_app import create_backend_app
from werkzeug.test import Client

client = Client(create_backend_app("ssm"))
signed = "AWS4-HMAC-SHA256 Credential=A/20200101/eu-central-1/ssm/aws4_request"


def call(action, **body):
    headers = {"X-Amz-Target": f"AmazonSSM.{action}", "Authorization": signed}
    reply = client.post("/", headers=headers, data=json.dumps(body), content_type="application/x-amz-json-1.1")
    assert reply.status_code == 200, reply.text
    return json.loads(reply.text)


call("PutParameter", Name="/a/b", Value="c", Type="SecureString")
assert call("GetParameter", Name="/a/b", WithDecryption=True)["Parameter"]["Value"] == "c"
assert len(call("GetParametersByPath", Path="/a", Recursive=True)["Parameters"]) == 1
call("DeleteParameter", Name="/a/b")
PY
