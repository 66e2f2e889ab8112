"""The STS of this process judges a question signed in its query as AWS does (the local AWS: tests/deploy)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ConnectTimeoutError

from tests.simulation.member_aws.caller_identity import Key, Sts
from tests.unit.proving import DECISION, TOKEN, proof_of, query_of, signed_at

ADA = "arn:aws:sts::111111111111:assumed-role/finops/ada"


def ask(query: str, headers: dict[str, str] | None = None, method: str = "GET", **other: Any) -> tuple[int, bytes]:
    sts = Sts({"ASIAADA": Key(ADA, "secret-of-ada", TOKEN)}, **other)
    url = f"https://sts.us-east-1.amazonaws.com/?{query}"
    answer = sts.send(AWSRequest(method, url, headers=DECISION.headers if headers is None else headers).prepare())
    return answer.status_code, answer.raw.read()


def test_it_names_the_signer() -> None:
    """With account and ARN."""
    status, body = ask(query_of(proof_of(DECISION)))
    assert status == 200
    assert f"<Arn>{ADA}</Arn>".encode() in body
    assert b"<Account>111111111111</Account>" in body


def test_it_takes_a_signature_for_a_quarter_of_an_hour() -> None:
    """Whatever X-Amz-Expires says: the product must look at the date itself."""
    for minutes, status in ((14, 200), (16, 403), (-14, 200), (-16, 403)):
        when = datetime.now(UTC) - timedelta(minutes=minutes)
        assert ask(query_of(signed_at(when, lambda: proof_of(DECISION))))[0] == status


@pytest.mark.parametrize(
    "change",
    [
        lambda query: ask(query, {}),
        lambda query: ask(query, DECISION.headers | {"x-endpoint-sweep-request": "0" * 64}),
        lambda query: ask(query, DECISION.headers | {"x-amz-meta": "not signed"}),
        lambda query: ask(query, method="POST"),
        lambda query: ask(query + "&more=1"),
        lambda query: ask(query.replace("GetCallerIdentity", "GetSessionToken")),
        lambda query: ask(query.replace("/", "%2F").replace("us-east-1", "eu-west-1")),
    ],
)
def test_what_was_not_signed_is_refused(change: Callable[[str], tuple[int, bytes]]) -> None:
    """A header, the method, a parameter, the region."""
    status, body = change(query_of(proof_of(DECISION)))
    assert (status, b"<Code>SignatureDoesNotMatch</Code>" in body) == (403, True)


def test_unsigned_and_broken() -> None:
    """Without a signature, and without an answer."""
    assert ask("Action=GetCallerIdentity&Version=2011-06-15")[0] == 400
    with pytest.raises(ConnectTimeoutError):
        ask(query_of(proof_of(DECISION)), broken=True)
