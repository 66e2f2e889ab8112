"""STS's GetCallerIdentity for requests signed in their query, as AWS judges them.

moto answers such a request whoever signed it, and never sees it if no boto3 client sends it. Here the signature of what
arrived is computed again, by code other than the product's.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectTimeoutError
from ministack.core import sigv4

from endpoint_sweep.aws import callers
from tests.simulation.wire.protocols import Reply, error_reply

_ANSWER = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    "<Arn>{arn}</Arn><UserId>AIDASIMULATED</UserId><Account>{account}</Account></GetCallerIdentityResult>"
    "<ResponseMetadata><RequestId>0</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
)


@dataclass(frozen=True, slots=True)
class Key:
    """The credentials of one principal. `token` is the session token."""

    arn: str
    secret: str = "testing"
    token: str = ""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Sts:
    """The principals by access key. `broken`: no one answers. `asked`: the queries of all questions, in order."""

    keys: dict[str, Key] = field(default_factory=dict)
    now: Callable[[], datetime] = _now
    broken: bool = False
    asked: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, query: str, headers: Mapping[str, str]) -> Reply:
        """AWS's answer. Like AWS, it takes a signature for 15 minutes and does not look at X-Amz-Expires."""
        self.asked.append(query)
        given = parse_qs(query, keep_blank_values=True)
        signed = sigv4.parse_query_signature(given)
        if isinstance(signed, tuple):
            return _refuse("IncompleteSignature", 400)
        key = self.keys.get(signed.access_key_id)
        if key is None or given.get("X-Amz-Security-Token", [""]) != [key.token]:
            return _refuse("InvalidClientTokenId")
        scope = (signed.service, given.get("X-Amz-Algorithm"), given.get("Action"), given.get("Version"))
        if scope != ("sts", ["AWS4-HMAC-SHA256"], ["GetCallerIdentity"], ["2011-06-15"]):
            return _refuse("SignatureDoesNotMatch")
        sent = {name.lower(): value for name, value in headers.items()}
        unsigned = [name for name in sent if name.startswith("x-amz-") and name not in signed.signed_headers.split(";")]
        wrong = sigv4.request_time_failure(signed, now=self.now()) or sigv4.header_signature_failure(
            signed, key.secret, method, path, given, sent, b"", presigned=True
        )
        if wrong or unsigned or "host" not in signed.signed_headers.split(";"):
            return _refuse("SignatureDoesNotMatch")
        body = _ANSWER.format(arn=key.arn, account=key.arn.split(":")[4])
        return Reply(200, {"Content-Type": "text/xml"}, body.encode())

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Replaces botocore's own HTTP."""
        url = urlsplit(str(request.url))
        if self.broken:
            raise ConnectTimeoutError(endpoint_url=request.url)
        headers = {"host": url.netloc} | {name: str(value) for name, value in request.headers.items()}
        reply = self.answer(str(request.method), url.path, url.query, headers)
        return AWSResponse(str(request.url), reply.status, HTTPHeaders.from_dict(reply.headers), io.BytesIO(reply.body))


@contextmanager
def answering(sts: Sts) -> Iterator[None]:
    """Lets `sts` answer what the review function asks STS in this process."""

    def session(**_: Any) -> Sts:
        return sts

    with patch.object(callers, "URLLib3Session", session):
        yield


def _refuse(code: str, status: int = 403) -> Reply:
    return error_reply("query", code, "refused", status)
