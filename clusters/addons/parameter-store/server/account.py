"""The account: users with their access keys, their policies, and the parameters that it begins with. AWS keeps these
itself; here they are objects of one namespace of the cluster, asked for anew with each call."""

import base64
import http.client
import json
import os
import ssl
import threading
from urllib.parse import quote

KIND = "aws.k8s-sec-lab.dev/kind"


class Cluster:
    """The API server, as a program in a container finds it."""

    def __init__(self, folder, namespace):
        self._folder = folder
        self._base = f"/api/v1/namespaces/{namespace}"
        self._server = (os.environ["KUBERNETES_SERVICE_HOST"], int(os.environ["KUBERNETES_SERVICE_PORT"]))
        self._tls = ssl.create_default_context(cafile=os.path.join(folder, "ca.crt"))

    def call(self, method, path, body=None):
        with open(os.path.join(self._folder, "token"), encoding="utf-8") as file:
            headers = {"Authorization": f"Bearer {file.read().strip()}"}
        if body is not None:
            headers["Content-Type"] = "application/merge-patch+json"
        connection = http.client.HTTPSConnection(*self._server, context=self._tls, timeout=5)
        try:
            connection.request(method, self._base + path, body and json.dumps(body), headers)
            reply = connection.getresponse()
            text = reply.read()
        except http.client.HTTPException as error:
            raise OSError(f"{method} {path}: {error!r}") from error
        finally:
            connection.close()
        if reply.status >= 300:
            raise OSError(f"{method} {path}: HTTP {reply.status}")
        return json.loads(text)

    def all(self, kind, value):
        return self.call("GET", f"/{kind}?labelSelector={quote(f'{KIND}={value}')}")["items"]


def _secret(item, key):
    return base64.b64decode((item.get("data") or {}).get(key, "")).decode("utf-8", "replace")


class Account:
    """What the cluster says of the account. `put` and `delete` change a parameter, as the account's owner."""

    def __init__(self, cluster, put, delete):
        self._cluster, self._put, self._delete = cluster, put, delete
        self._lock = threading.Lock()
        self._declared = {}
        self._keys = {}
        self._policies = {}

    def refresh(self):
        """Asks the cluster. A parameter is written once, when it is declared or declared otherwise."""
        with self._lock:
            users = self._cluster.all("secrets", "user")
            policies = self._cluster.call("GET", "/configmaps")["items"]
            parameters = self._cluster.all("secrets", "parameters")
            self._keys = {
                _secret(item, "access-key-id"): (item["metadata"]["name"], _secret(item, "secret-access-key"))
                for item in users
            }
            self._policies = {
                item["metadata"]["name"]: [
                    text for key, text in sorted((item.get("data") or {}).items()) if key.endswith(".json")
                ]
                for item in policies
            }
            self._follow(parameters)

    def _follow(self, items):
        wanted = {}
        for item in items:
            for key in sorted(item.get("data") or {}):
                try:
                    wanted.update({str(name): str(value) for name, value in json.loads(_secret(item, key)).items()})
                except (ValueError, AttributeError):
                    print(f"{item['metadata']['name']}: {key} is no JSON object of parameters", flush=True)
        for name in self._declared.keys() - wanted.keys():
            self._delete(name)
        for name, value in wanted.items():
            if self._declared.get(name) != value:
                self._put(name, value)
        self._declared = wanted

    def user_of(self, access_key_id):
        """Name and secret key, or None."""
        return self._keys.get(access_key_id) if access_key_id else None

    def policies_of(self, user):
        return self._policies.get(user, [])
