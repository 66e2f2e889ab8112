"""The review function's AWS_IAM routes, called with the credentials of this shell.

Each request is signed twice: for API Gateway, and, as a question to STS that the function asks, for the function.
"""

import json
import re
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, HTTPClientError
from botocore.httpsession import URLLib3Session

from endpoint_sweep.aws.callers import prove
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.domain.caller_proof import HEADER, Binding
from endpoint_sweep.domain.errors import EndpointSweepError, Unavailable, UsageError
from endpoint_sweep.rules.region_names import is_name

_SECONDS = 30
_HOST = re.compile(r"[a-z0-9.:-]+", re.ASCII)
_NO_ADDRESS = (
    "--api must be the https address of the review API, the ReviewUrl output of the stack, such as "
    "https://abc123.execute-api.eu-west-1.amazonaws.com/v1"
)


class Refused(EndpointSweepError):
    """The function, or API Gateway before it, said no: a code and a sentence."""


class ApprovalApi:
    """One stack's API. Raises UsageError if credentials may not be sent to the address."""

    def __init__(self, url: str, sessions: Sessions) -> None:
        region = _region_of(_host_of(url))
        self._url = url.rstrip("/")
        self._credentials = sessions.credentials()
        self._region = region or sessions.region()
        self._sts = sessions.sts(self._region)
        self._http = URLLib3Session(timeout=_SECONDS)

    def offer(self, approval_id: str) -> dict[str, Any]:
        """Raises Refused or Unavailable."""
        return self._send("GET", approval_id, b"")

    def decide(self, approval_id: str, decision: dict[str, Any]) -> dict[str, Any]:
        """Raises Refused, or Unavailable if it is not known whether the decision was recorded."""
        return self._send("POST", approval_id, json.dumps(decision).encode())

    def _send(self, method: str, approval_id: str, body: bytes) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"} if body else {}
        try:
            keys = self._credentials.get_frozen_credentials()
            headers[HEADER] = prove(Binding.of(approval_id, method, body), keys, self._sts)
            request = AWSRequest(method, f"{self._url}/approvals/{approval_id}", headers=headers, data=body)
            SigV4Auth(keys, "execute-api", self._region).add_auth(request)
            answer = self._http.send(request.prepare())
        except (BotoCoreError, HTTPClientError) as error:
            raise Unavailable(f"{self._url} does not answer: {type(error).__name__}") from error
        return _document(answer.status_code, answer.content)


def _document(status: int, content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unavailable(f"the API answered {status} without a JSON document; is --api the review API of the stack?")
    if status >= 400:
        # API Gateway itself says {"message": …} or {"Message": …}.
        said = found.get("message") or found.get("Message") or "no reason was given"
        raise Refused(f"{found.get('code', status)}: {said}")
    return found


def _host_of(url: str) -> str:
    """The host that the credentials are sent to. Raises UsageError."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port  # reading the port checks it
    except ValueError as error:
        raise UsageError(_NO_ADDRESS) from error
    if parts.scheme != "https" and not _is_loopback(host):
        raise UsageError(_NO_ADDRESS)
    if not _HOST.fullmatch(host) or parts.query or parts.fragment:
        raise UsageError(_NO_ADDRESS)
    return host


def _region_of(host: str) -> str | None:
    """From `<id>.execute-api.<region>.amazonaws.com`; a custom domain does not say it. Raises UsageError."""
    parts = host.split(".")
    if len(parts) < 4 or parts[1] != "execute-api":
        return None
    if not is_name(parts[2]):
        raise UsageError(_NO_ADDRESS)
    return parts[2]


def _is_loopback(host: str) -> bool:
    """A server of this very machine needs no TLS."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
