"""A refusal in the caller's wire protocol and vocabulary, so that every SDK raises what AWS would make it raise."""

from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from tests.simulation.hub_aws.request import Request
from tests.simulation.wire.protocols import Reply, error_reply

_CODES = {  # what JSON services, query services and EC2 call the same failure (D6.5)
    "InvalidClientTokenId": ("UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure"),
    "UnrecognizedClientException": ("UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure"),
    "InvalidToken": ("UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure"),
    "SignatureDoesNotMatch": ("InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure"),
    "RequestTimeTooSkewed": ("InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure"),
    "CredentialDateMismatch": ("InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure"),
    "ExpiredTokenException": ("ExpiredTokenException", "ExpiredToken", "RequestExpired"),
    "MissingAuthenticationToken": ("MissingAuthenticationTokenException", "MissingAuthenticationToken", "AuthFailure"),
    "AccessDenied": ("AccessDeniedException", "AccessDenied", "UnauthorizedOperation"),
}


@dataclass(frozen=True, slots=True)
class Denial:
    """Why IAM refuses a call."""

    code: str
    message: str


def refuse(denial: Denial, request: Request, protocol: str) -> Reply:
    """The error reply: HTTP 400 from the JSON 1.1 services, 403 from all others."""
    json_code, query_code, ec2_code = _CODES.get(denial.code, (denial.code,) * 3)
    if request.service == "ec2":
        error = f"<Error><Code>{escape(ec2_code)}</Code><Message>{escape(denial.message)}</Message></Error>"
        body = f"<Response><Errors>{error}</Errors><RequestID>0</RequestID></Response>".encode()
        return Reply(403, {"content-type": "text/xml"}, body)
    if protocol in ("query", "rest-xml"):
        return error_reply(protocol, query_code, denial.message, 403)
    status = 400 if protocol == "json" and request.service != "monitoring" else 403
    reply = error_reply(protocol, json_code, denial.message, status)
    # A service that left the query protocol behind keeps its old codes for the SDKs that ask for them.
    old = {"x-amzn-query-error": f"{query_code};Sender"} if request.headers.get("x-amzn-query-mode") else {}
    return replace(reply, headers={**reply.headers, **old})
