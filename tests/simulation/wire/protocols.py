"""AWS's wire protocols, as far as telling one call from another and saying no needs them.

json (SageMaker, Organizations, tagging), cbor (CloudWatch in current SDKs, D0.8), query (STS), rest-json and rest-xml.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_CBOR_PATH = re.compile(r"/service/[^/]+/operation/([A-Za-z]+)")
# Signing names (over HTTP) and service ids (botocore's events), where they are not the client's name.
SERVICES = {
    "monitoring": "cloudwatch",
    "tagging": "resourcegroupstaggingapi",
    "resource-groups-tagging-api": "resourcegroupstaggingapi",
    "application-auto-scaling": "application-autoscaling",
    "states": "stepfunctions",
    "sfn": "stepfunctions",
    "ses": "sesv2",
    "eventbridge": "events",
    "cost-explorer": "ce",
}
REST_OPERATIONS = {"POST /listRegions": "ListRegions"}  # of services whose calls carry no operation name
# The parameter that names what a call is about, first match wins.
RESOURCE_KEYS = (
    *("EndpointName", "EndpointConfigName", "ModelName", "InferenceComponentName", "EndpointNameEquals"),
    *("ResourceArn", "ResourceId", "RoleArn", "AccountId", "ChildId", "ParentId", "TableName"),
    *("FunctionName", "executionArn", "stateMachineArn", "SecretId", "KeyId", "QueueUrl", "TopicArn", "Name"),
)


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP reply."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def error_code(self) -> str:
        """AWS's error code of a failed reply, or nothing."""
        if self.status < 400:
            return ""
        headers = {name.lower(): value for name, value in self.headers.items()}
        if code := headers.get("x-amzn-errortype") or headers.get("x-amzn-query-error", "").partition(";")[0]:
            return code.partition(":")[0]
        text = self.body.decode("utf-8", "replace")
        found = re.search(r"<Code>([^<]+)</Code>", text) or re.search(r'"__type"\s*:\s*"(?:[^"#]*#)?([^"]+)"', text)
        return found.group(1) if found else f"HTTP{self.status}"


@dataclass(frozen=True, slots=True)
class Request:
    """What a signed HTTP request turned out to be."""

    access_key: str
    region: str
    service: str
    operation: str
    protocol: str
    resource: str


def identify(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Request | None:
    """The call behind a request, or None if it is not signed. `path` may carry a query."""
    lower = {name.lower(): _text(value) for name, value in headers.items()}
    signed = _CREDENTIAL.search(lower.get("authorization", ""))
    if signed is None:
        return None
    access_key, region, signing_name = signed.groups()
    plain_path = path.partition("?")[0]
    protocol, operation, parameters = _operation(method, plain_path, lower, body)
    service = SERVICES.get(signing_name, signing_name)
    resource = next((str(parameters[key]) for key in RESOURCE_KEYS if parameters.get(key)), "")
    if not resource and protocol.startswith("rest"):
        resource = plain_path.lstrip("/")
    return Request(access_key, region, service, operation, protocol, resource)


def _operation(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[str, str, dict[str, Any]]:
    """(protocol, operation, parameters); a REST call is named by its method and path."""
    content_type = headers.get("content-type", "")
    if target := headers.get("x-amz-target"):
        return "json", target.rpartition(".")[2], _json(body)
    if found := _CBOR_PATH.match(path):
        return "cbor", found.group(1), {}
    if content_type.startswith("application/x-www-form-urlencoded"):
        form = {key: values[0] for key, values in parse_qs(body.decode("utf-8", "replace")).items()}
        return "query", form.get("Action", ""), form
    if "json" in content_type or path.startswith(("/v2/", "/2015-03-31/", "/schedules")):
        plain = f"{method} {path}"
        return "rest-json", REST_OPERATIONS.get(plain, plain), _json(body)
    return "rest-xml", f"{method} {path}", {}


def error_reply(protocol: str, code: str, message: str, status: int = 400) -> Reply:
    """An AWS error in the caller's own protocol, so that its SDK raises the right code."""
    request_id = "00000000-0000-4000-8000-00000000feed"
    headers = {"x-amzn-RequestId": request_id, "x-amzn-ErrorType": code}
    if protocol == "cbor":
        headers |= {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
        headers["x-amzn-query-error"] = f"{code};Sender"
        return Reply(status, headers, _cbor_map({"__type": code, "message": message}))
    if protocol in ("query", "rest-xml"):
        error = f"<Error><Type>Sender</Type><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
        if protocol == "query":
            error = f"<ErrorResponse>{error}<RequestId>{request_id}</RequestId></ErrorResponse>"
        return Reply(status, headers | {"Content-Type": "text/xml"}, error.encode())
    content_type = "application/x-amz-json-1.1" if protocol == "json" else "application/json"
    body = json.dumps({"__type": code, "message": message, "Message": message})
    return Reply(status, headers | {"Content-Type": content_type}, body.encode())


def _cbor_map(values: dict[str, str]) -> bytes:
    """A CBOR map of text strings (RFC 8949: major type 5 of major type 3)."""
    parts = [bytes([0xA0 | len(values)])]
    for text in (item for pair in values.items() for item in pair):
        raw = text.encode()
        parts.append(b"\x79" + len(raw).to_bytes(2, "big") + raw)
    return b"".join(parts)


def _json(body: bytes) -> dict[str, Any]:
    try:
        loaded = json.loads(body or b"{}")
    except ValueError:
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
