"""Who is calling, according to STS: the caller signs a request to STS, and the review function sends it."""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import BotoCoreError, HTTPClientError
from botocore.httpsession import URLLib3Session
from botocore.parsers import QueryParser, ResponseParserError
from botocore.response import StreamingBody

from endpoint_sweep.domain.caller_proof import QUESTION, SECONDS, Binding, unwrap, wrap
from endpoint_sweep.domain.errors import CallerUnproven, Unavailable
from endpoint_sweep.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient

_SECONDS = 5  # to connect, and to wait for a byte
_LARGEST = 16 * 1024
_ARN = re.compile(r"arn:aws[a-z-]*:(?:iam|sts)::(\d{12}):[\w+=,.@/-]{1,512}", re.ASCII)
_CODE = re.compile(r"\w{1,64}", re.ASCII)
# These say nothing about the caller (D9.2).
_NO_ANSWER = {"Throttling", "ThrottlingException", "RequestLimitExceeded", "RegionDisabledException"}
_SILENT = "STS did not say who the caller is"


def prove(binding: Binding, credentials: Credentials | ReadOnlyCredentials, sts: "STSClient") -> str:
    """The proof for one request, made without a call. `sts`: a client of the region of the stack."""
    request = AWSRequest("GET", f"{_address(sts)}/", headers=binding.headers, params=QUESTION)
    SigV4QueryAuth(credentials, "sts", sts.meta.region_name, expires=SECONDS).add_auth(request)
    return wrap(urlsplit(str(request.url)).query)


class AwsCallers:
    """Sends the request to the address of its own STS client; the proof cannot choose another."""

    def __init__(self, sts: "STSClient", now: Clock) -> None:
        self._sts = sts
        self._now = now

    def identify(self, proof: str, binding: Binding) -> str:
        """The ARN of who made the proof for exactly this request. Raises CallerUnproven or Unavailable."""
        query = unwrap(proof, self._sts.meta.region_name, self._now())
        status, body = _get(f"{_address(self._sts)}/?{query}", binding)
        # A redirect is followed nowhere; what is broken or throttled proves and disproves nothing.
        if status != 200 and (status < 400 or status == 429 or status >= 500):
            raise Unavailable(f"{_SILENT}: HTTP {status}")
        answer = self._parsed(status, body)
        if status != 200:
            code = str(answer.get("Error", {}).get("Code", ""))
            if not _CODE.fullmatch(code) or code in _NO_ANSWER:
                raise Unavailable(f"{_SILENT}: HTTP {status}")
            raise CallerUnproven(f"AWS does not accept the caller proof: {code}.")
        return _arn_in(answer)

    def _parsed(self, status: int, body: bytes) -> dict[str, Any]:
        model = self._sts.meta.service_model.operation_model("GetCallerIdentity")
        try:
            answer: dict[str, Any] = QueryParser().parse(
                {"status_code": status, "headers": {}, "body": body},
                model.output_shape,  # type: ignore[arg-type] # this operation has an answer
            )
        except (ResponseParserError, LookupError, TypeError, AttributeError) as error:  # all that its parser raises
            raise Unavailable(f"{_SILENT}: its answer cannot be read") from error
        return answer


def _address(sts: "STSClient") -> str:
    return str(sts.meta.endpoint_url).rstrip("/")


def _get(url: str, binding: Binding) -> tuple[int, bytes]:
    """One request, never repeated and never redirected. Its errors hold neither the address nor the proof."""
    request = AWSRequest("GET", url, headers=binding.headers, stream_output=True)
    try:
        # A connection kept from before a pause of the function may be dead: each question has its own.
        answer = URLLib3Session(timeout=_SECONDS).send(request.prepare())
        body = StreamingBody(answer.raw, None).read(_LARGEST + 1)  # type: ignore[arg-type] # no length to check
    except (BotoCoreError, HTTPClientError) as error:
        # What botocore says names the address with the proof in it: it is not chained.
        raise Unavailable(f"{_SILENT}: {type(error).__name__}") from None
    if len(body) > _LARGEST:
        raise Unavailable(f"{_SILENT}: its answer is too long")
    return answer.status_code, body


def _arn_in(answer: dict[str, Any]) -> str:
    arn = str(answer.get("Arn", ""))
    found = _ARN.fullmatch(arn)
    if found is None or found[1] != answer.get("Account"):
        raise Unavailable(f"{_SILENT}: its answer names no caller")
    return arn
