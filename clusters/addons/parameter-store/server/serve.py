"""AWS Systems Manager Parameter Store for one lab. moto keeps the parameters and speaks the API; it cannot tell IAM which
parameter a call is about, so who calls, and what the policies of that user say, is decided here before moto sees it."""

import argparse
import hmac
import io
import json
import os
import secrets
import signal
import sys
import time

from moto.moto_server.werkzeug_app import create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import EnvironBuilder, run_wsgi_app

import policy
import signature
from account import Account, Cluster

ACCOUNT = "123456789012"  # moto's
REGION = "eu-central-1"
TARGET = "AmazonSSM."
BY_NAME = ("GetParameter", "GetParameterHistory", "PutParameter", "DeleteParameter", "LabelParameterVersion")
BY_NAMES = ("GetParameters", "DeleteParameters")
BY_TAG = ("ListTagsForResource", "AddTagsToResource", "RemoveTagsFromResource")

moto = create_backend_app("ssm")


def as_owner(action, body):
    """A call to moto itself, in the region of the account."""
    builder = EnvironBuilder(
        method="POST",
        headers={
            "X-Amz-Target": TARGET + action,
            "Authorization": f"AWS4-HMAC-SHA256 Credential=AKIAOWNER/20200101/{REGION}/ssm/aws4_request",
        },
        content_type="application/x-amz-json-1.1",
        data=json.dumps(body),
    )
    parts, status, headers = run_wsgi_app(moto, builder.get_environ(), buffered=True)
    return b"".join(parts), status, [(name, value) for name, value in headers if name.lower() != "content-length"]


def arn(name, region):
    if name.startswith("arn:"):
        return name
    return f"arn:aws:ssm:{region}:{ACCOUNT}:parameter/{name.split(':')[0].removeprefix('/')}"


def resources(action, body, region):
    """What a policy has to allow the action on; by AWS's table of actions, resources and condition keys."""
    if action in BY_NAME:
        return [arn(str(body.get("Name", "")), region)]
    if action in BY_NAMES:
        return [arn(str(name), region) for name in body.get("Names") or [""]]
    if action == "GetParametersByPath":
        return [arn(str(body.get("Path", "")), region)]
    if action in BY_TAG and body.get("ResourceType") == "Parameter":
        return [arn(str(body.get("ResourceId", "")), region)]
    return ["*"]


class Front:
    def __init__(self, account, owner_token):
        self._account, self._owner_token = account, owner_token

    def __call__(self, environ, start_response):
        try:
            parts, status, headers = self._answer(environ)
        except signature.Refused as error:
            parts, status, headers = _json("400 BAD REQUEST", {"__type": error.kind, "message": str(error)})
        except OSError as error:
            # A cluster that does not answer: the caller may try again.
            print(f"the cluster did not say who may call: {error}", flush=True)
            parts, status, headers = _json(
                "503 SERVICE UNAVAILABLE", {"__type": "ServiceUnavailableException", "message": str(error)}
            )
        start_response(status, [*headers, ("Content-Length", str(len(parts)))])
        return [parts]

    def _answer(self, environ):
        path = environ.get("PATH_INFO", "/")
        if path == "/health":
            return b"ok", "200 OK", [("Content-Type", "text/plain")]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        try:
            fields = json.loads(body or b"{}")
        except ValueError:
            fields = None
        if not isinstance(fields, dict):
            raise signature.Refused("SerializationException", "The body is no JSON object.")
        self._account.refresh()
        is_owner = hmac.compare_digest(environ.get("HTTP_X_LAB_OWNER_TOKEN", ""), self._owner_token)
        if path == "/simulate" and is_owner:
            return _json("200 OK", self._simulate(fields))
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        if path != "/" or environ["REQUEST_METHOD"] != "POST" or not target.startswith(TARGET):
            raise signature.Refused("UnknownOperationException", "This is Parameter Store, and nothing else of AWS.")
        action = target.removeprefix(TARGET)
        if is_owner:
            return as_owner(action, fields)
        self._authorise(environ, action, fields, body)
        forwarded = {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        parts, status, headers = run_wsgi_app(moto, forwarded, buffered=True)
        return b"".join(parts), status, [(name, value) for name, value in headers if name.lower() != "content-length"]

    def _authorise(self, environ, action, fields, body):
        claimed = signature.claims(environ.get("HTTP_AUTHORIZATION"))
        user = self._account.user_of(claimed[0])
        if not user:
            raise signature.Refused("UnrecognizedClientException", "The security token included in the request is invalid.")
        name, secret = user
        signature.check(
            claimed,
            secret,
            method=environ["REQUEST_METHOD"],
            path=environ.get("PATH_INFO", "/"),
            headers=_headers(environ),
            body=body,
        )
        for resource in resources(action, fields, claimed[1]):
            why = policy.decide(self._account.policies_of(name), f"ssm:{action}", resource)
            if why:
                raise signature.Refused(
                    "AccessDeniedException",
                    f"User: arn:aws:iam::{ACCOUNT}:user/{name} is not authorized to perform: ssm:{action} on resource: "
                    f"{resource} {why}",
                )

    def _simulate(self, fields):
        """What iam:SimulatePrincipalPolicy does: would this user, or the user of this access key, be let through?"""
        user = fields.get("user") or (self._account.user_of(fields.get("accessKeyId")) or (None,))[0]
        documents = self._account.policies_of(user)
        calls = [(call["action"], arn(call["parameter"], REGION)) for call in fields.get("calls", [])]
        return {
            "user": user,
            "problems": policy.problems(documents),
            "allowed": [user is not None and policy.decide(documents, *call) is None for call in calls],
        }


def _headers(environ):
    headers = {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")}
    return {
        **headers,
        "content-type": environ.get("CONTENT_TYPE", ""),
        "content-length": environ.get("CONTENT_LENGTH", ""),
    }


def _json(status, body):
    return json.dumps(body).encode(), status, [("Content-Type", "application/x-amz-json-1.1")]


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--account-folder", default="/var/run/secrets/kubernetes.io/serviceaccount")
    parser.add_argument("--namespace", required=True)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    cluster = Cluster(options.account_folder, options.namespace)
    token = secrets.token_urlsafe(24)
    account = Account(
        cluster,
        put=lambda name, value: as_owner(
            "PutParameter", {"Name": name, "Value": value, "Type": "SecureString", "Overwrite": True}
        ),
        delete=lambda name: as_owner("DeleteParameter", {"Name": name}),
    )
    while True:
        try:
            cluster.call("PATCH", "/secrets/account-owner", {"stringData": {"token": token}})
            account.refresh()
            break
        except OSError as error:
            print(f"waiting for the cluster: {error}", flush=True)
            time.sleep(0.5)
    make_server(options.host, options.port, Front(account, token), threaded=True, request_handler=Quiet).serve_forever()


if __name__ == "__main__":
    os.umask(0o077)
    main()
