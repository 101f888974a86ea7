"""Who signed a call: Signature Version 4, worked out by AWS's own library."""

import hmac
import re

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

_FORM = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/,]+)/\d{8}/([^/]+)/([^/]+)/aws4_request, *"
    r"SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})"
)
_NEEDED = {"host", "x-amz-date"}


class Refused(Exception):
    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def claims(authorization):
    """Access key, region, service, signed headers and signature, as the call says them."""
    if not authorization:
        raise Refused("MissingAuthenticationTokenException", "Missing Authentication Token")
    match = _FORM.fullmatch(authorization.strip())
    if not match or not _NEEDED <= set(match[4].split(";")):
        raise Refused("IncompleteSignatureException", "The request signature does not conform to AWS standards.")
    return match.groups()


def check(claimed, secret, *, method, path, headers, body):
    """Raises Refused when another secret key, or another request, was signed."""
    access_key, region, service, signed, signature = claimed
    taken = {name: headers[name] for name in signed.split(";") if name in headers}
    # The hash of the body is worked out here, whatever the call says of it.
    request = AWSRequest(method=method, url=f"http://{headers.get('host', '')}{path}", data=body, headers=taken)
    auth = SigV4Auth(Credentials(access_key, secret), service, region)
    claimed_hash = headers.get("x-amz-content-sha256")
    request.context["timestamp"] = headers.get("x-amz-date", "")
    whole = auth.canonical_request(request)
    own = auth.signature(auth.string_to_sign(request, whole), request)
    is_body = claimed_hash is None or claimed_hash == auth.payload(AWSRequest(method=method, data=body))
    if not hmac.compare_digest(own, signature) or not is_body:
        raise Refused(
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            "Access Key and signing method. Consult the service documentation for details.",
        )
