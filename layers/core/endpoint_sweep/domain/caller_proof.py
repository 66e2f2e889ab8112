"""A caller's proof of identity: a GetCallerIdentity request that the caller signed but did not send.

With it the review function can ask STS who signed it, and nothing else. The signature covers two more headers, so a
proof made for one approval, method or body is useless for another.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, urlencode

from endpoint_sweep.domain.errors import CallerUnproven

HEADER = "X-Endpoint-Sweep-Identity"
QUESTION = {"Action": "GetCallerIdentity", "Version": "2011-06-15"}
# STS itself takes a signature for a quarter of an hour, whatever X-Amz-Expires says: the minute is kept here.
SECONDS = 60
_APPROVAL, _REQUEST = "x-endpoint-sweep-approval", "x-endpoint-sweep-request"
_AHEAD = timedelta(minutes=1)  # of a caller's clock
_LONGEST = 8 * 1024
_ID = re.compile(r"[0-9a-f]{1,64}", re.ASCII)
_TOKEN = "X-Amz-Security-Token"  # noqa: S105 - the name of a parameter
_EXACT = QUESTION | {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-SignedHeaders": f"host;{_APPROVAL};{_REQUEST}",
}
_SHAPES = {
    "X-Amz-Credential": re.compile(r"\w{1,128}/\d{8}/[a-z0-9-]{1,32}/sts/aws4_request", re.ASCII),
    "X-Amz-Date": re.compile(r"\d{8}T\d{6}Z", re.ASCII),
    "X-Amz-Expires": re.compile(r"[1-9]\d?", re.ASCII),
    "X-Amz-Signature": re.compile(r"[0-9a-f]{64}", re.ASCII),
    _TOKEN: re.compile(r"[!-~]{1,4096}", re.ASCII),
}
_NEEDED = _EXACT.keys() | _SHAPES.keys() - {_TOKEN}
_UNREADABLE = "The caller proof cannot be read."


@dataclass(frozen=True, slots=True)
class Binding:
    """The one request that a proof is good for. Raises CallerUnproven where no approval has such an id."""

    approval_id: str
    digest: str

    def __post_init__(self) -> None:
        # It becomes a header of the request to STS.
        if not _ID.fullmatch(self.approval_id):
            raise CallerUnproven("The caller proof is for an approval that does not exist.")

    @classmethod
    def of(cls, approval_id: str, method: str, body: bytes) -> "Binding":
        return cls(approval_id, hashlib.sha256(method.encode() + b"\n" + body).hexdigest())

    @property
    def headers(self) -> dict[str, str]:
        """What is signed alongside the host."""
        return {_APPROVAL: self.approval_id, _REQUEST: self.digest}


def wrap(query: str) -> str:
    """The query of the signed request as the value of `HEADER`."""
    return base64.urlsafe_b64encode(query.encode()).decode().rstrip("=")


def unwrap(proof: str, region: str, now: datetime) -> str:
    """The query of the request to send to this region's STS: every parameter checked and rebuilt.

    Raises CallerUnproven saying what is wrong with it. Whether it is signed, only STS can tell.
    """
    given = _parameters(proof)
    if given.keys() - {_TOKEN} != _NEEDED:
        raise CallerUnproven("The caller proof does not have exactly the parameters of one request to STS.")
    for name, value in given.items():
        exact, shape = _EXACT.get(name), _SHAPES.get(name)
        if value != exact and not (shape and shape.fullmatch(value)):
            raise CallerUnproven(f"The caller proof has an unexpected {name}.")
    _, day, where, *_ = given["X-Amz-Credential"].split("/")
    if where != region:
        raise CallerUnproven(f"The caller proof is not for {region}, the region of this stack.")
    if day != given["X-Amz-Date"][:8]:
        raise CallerUnproven("The caller proof has two dates.")
    _check_time(given["X-Amz-Date"], int(given["X-Amz-Expires"]), now)
    return urlencode(sorted(given.items()), quote_via=quote)


def _parameters(proof: str) -> dict[str, str]:
    if not proof:
        raise CallerUnproven("The caller proof is missing.")
    if len(proof) > _LONGEST:
        raise CallerUnproven("The caller proof is too long.")
    try:
        raw = base64.b64decode(proof + "=" * (-len(proof) % 4), altchars=b"-_", validate=True)
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict")
    except (binascii.Error, ValueError) as error:
        raise CallerUnproven(_UNREADABLE) from error
    if len(pairs) != len(dict(pairs)):
        raise CallerUnproven("The caller proof has a duplicate parameter.")
    return dict(pairs)


def _check_time(date: str, seconds: int, now: datetime) -> None:
    try:
        signed = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise CallerUnproven(_UNREADABLE) from error
    if seconds > SECONDS:
        raise CallerUnproven("The caller proof is valid for more than a minute.")
    if now > signed + timedelta(seconds=seconds):
        raise CallerUnproven("The caller proof is more than a minute old, or the caller's clock is slow.")
    if signed > now + _AHEAD:
        raise CallerUnproven("The caller proof is from the future: the caller's clock is fast.")
