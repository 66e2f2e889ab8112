"""Proofs of who calls, made as the command line makes them, and changed."""

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, quote, urlencode

from botocore.credentials import ReadOnlyCredentials

from endpoint_sweep.aws.callers import prove
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.domain.caller_proof import Binding, wrap

ID = "00ff" * 8
BODY = b'{"choice": "keep"}'
TOKEN = "IQoJ/b3Jp+Z2luX2Vj=="
DECISION = Binding.of(ID, "POST", BODY)
CREDENTIALS = ReadOnlyCredentials("ASIAADA", "secret-of-ada", TOKEN)
_SESSIONS = Sessions()


def sts_of(region: str = "us-east-1") -> Any:
    """STS at the address that the environment names now."""
    return _SESSIONS.sts(region)


def proof_of(binding: Binding, keys: Any = CREDENTIALS, region: str = "us-east-1") -> str:
    return prove(binding, keys, sts_of(region))


def changed(proof: str, change: Callable[[dict[str, str]], object]) -> str:
    """The same proof with other parameters."""
    given = dict(parse_qsl(query_of(proof), keep_blank_values=True))
    change(given)
    return wrap(urlencode(given, quote_via=quote))


def query_of(proof: str) -> str:
    return base64.urlsafe_b64decode(proof + "=" * (-len(proof) % 4)).decode()


def signed_at(when: datetime, make: Callable[[], str]) -> str:
    with patch("botocore.auth.get_current_datetime", lambda: when.replace(tzinfo=None)):
        return make()
