"""A proof of who calls is read strictly: one question to STS, for a minute, and nothing else."""

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, parse_qsl, urlencode

import pytest

from endpoint_sweep.domain.caller_proof import Binding, unwrap, wrap
from endpoint_sweep.domain.errors import CallerUnproven
from tests.unit.proving import BODY, DECISION, ID, TOKEN, changed, proof_of, query_of, signed_at

Change = Callable[[dict[str, str]], object]


def refusal(proof: str) -> str:
    with pytest.raises(CallerUnproven) as caught:
        unwrap(proof, "us-east-1", datetime.now(UTC))
    assert str(caught.value).endswith(".")
    return str(caught.value)


def test_a_proof_is_written_anew() -> None:
    """The same parameters, in one order and one spelling."""
    proof = proof_of(DECISION)
    query = unwrap(proof, "us-east-1", datetime.now(UTC))
    assert parse_qs(query) == parse_qs(query_of(proof))
    assert parse_qs(query)["X-Amz-Security-Token"] == [TOKEN]
    assert unwrap(changed(proof, lambda given: given), "us-east-1", datetime.now(UTC)) == query


@pytest.mark.parametrize(
    "change",
    [
        lambda given: given.update({"Action": "AssumeRole"}),
        lambda given: given.update({"Version": "2011-06-16"}),
        lambda given: given.update({"X-Amz-Algorithm": "AWS4-ECDSA-P256-SHA256"}),
        lambda given: given.update({"X-Amz-Expires": "61"}),
        lambda given: given.update({"X-Amz-Expires": "900"}),
        lambda given: given.update({"X-Amz-Expires": "0"}),
        lambda given: given.update({"X-Amz-Expires": "-1"}),
        lambda given: given.update({"X-Amz-Expires": "٦"}),
        lambda given: given.update({"X-Amz-Date": "20261399T000000Z"}),
        lambda given: given.update({"X-Amz-Date": "2026-11-20"}),
        lambda given: given.update({"X-Amz-SignedHeaders": "host"}),
        lambda given: given.update({"X-Amz-SignedHeaders": "host;x-endpoint-sweep-approval"}),
        lambda given: given.update({"X-Amz-SignedHeaders": "host;x-endpoint-sweep-request"}),
        lambda given: given.update({"X-Amz-SignedHeaders": "x-endpoint-sweep-approval;x-endpoint-sweep-request"}),
        lambda given: given.update({"X-Amz-SignedHeaders": given["X-Amz-SignedHeaders"] + ";x-more"}),
        lambda given: given.update({"X-Amz-Credential": given["X-Amz-Credential"].replace("us-east-1", "eu-west-1")}),
        lambda given: given.update({"X-Amz-Credential": given["X-Amz-Credential"].replace("/sts/", "/s3/")}),
        lambda given: given.update({"X-Amz-Credential": "ASIAADA/20200101/us-east-1/sts/aws4_request"}),
        lambda given: given.update({"X-Amz-Credential": "/" + given["X-Amz-Credential"]}),
        lambda given: given.update({"X-Amz-Signature": given["X-Amz-Signature"].upper()}),
        lambda given: given.update({"X-Amz-Signature": ""}),
        lambda given: given.update({"X-Amz-Security-Token": ""}),
        lambda given: given.update({"X-Amz-Security-Token": "a\r\nHost: elsewhere"}),
        lambda given: given.update({"RoleArn": "arn:aws:iam::222222222222:role/x"}),
        lambda given: given.update({"action": "GetCallerIdentity"}),
        lambda given: given.update({"X-Amz-Content-Sha256": "0" * 64}),
        *(
            lambda given, name=name: given.pop(name)
            for name in ("Action", "Version", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires")
        ),
        lambda given: given.pop("X-Amz-SignedHeaders"),
        lambda given: given.pop("X-Amz-Signature"),
    ],
)
def test_a_question_that_is_not_exact(change: Change) -> None:
    """Refused before anything is sent to STS."""
    refusal(changed(proof_of(DECISION), change))


def test_a_header_needs_no_padding() -> None:
    """Only what base64 adds is left out."""
    assert (wrap("a"), wrap("aaW")) == ("YQ", "YWFX")


@pytest.mark.parametrize("name", ["Action", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Security-Token"])
def test_the_same_parameter_twice(name: str) -> None:
    """Also with the same value: who reads which is no one's guess."""
    query = query_of(proof_of(DECISION))
    value = dict(parse_qsl(query))[name]
    assert "duplicate" in refusal(wrap(f"{query}&{urlencode({name: value})}"))


@pytest.mark.parametrize(
    "proof",
    [
        *("", "!", "a", "=", "é", "\ud800", "ab\ncd"),
        wrap("Action"),
        wrap("=&="),
        wrap("Action=%ff"),
        wrap("é=1"),
        wrap("https://sts.example.com/?Action=GetCallerIdentity"),
        base64.b64encode(b"\xff" * 40).decode(),
        wrap("a=1&" * 1000),
        "A" * 100_000,
    ],
)
def test_what_is_no_proof(proof: str) -> None:
    """Garbage, a whole address, a header without end: a sentence, and nothing is sent."""
    assert refusal(proof).endswith(".")


def test_a_day_that_no_calendar_has() -> None:
    """Twice the same, so that it is not two dates: still nothing that was signed at some time."""

    def never(given: dict[str, str]) -> None:
        given["X-Amz-Credential"] = given["X-Amz-Credential"].replace(given["X-Amz-Date"][:8], "20261399")
        given["X-Amz-Date"] = "20261399T000000Z"

    assert refusal(changed(proof_of(DECISION), never)) == "The caller proof cannot be read."


def test_a_proof_has_one_spelling() -> None:
    """No other alphabet, no white space within, no parameter without a value, no empty one, no byte that is no text."""
    proof, unreadable = proof_of(DECISION), "The caller proof cannot be read."
    query = query_of(proof)
    assert refusal(f"{proof[:8]}\n\n\n\n{proof[8:]}") == unreadable
    assert refusal(wrap("~~~=1")).startswith("The caller proof does not have exactly"), "written with a - for the +"
    for strange in (f"{query}&x", f"{query}&", query.replace("X-Amz-Signature=", "X-Amz-Signature=%ff")):
        assert refusal(wrap(strange)) == unreadable
    assert [refusal("A" * count) for count in (8192, 8193)] == [unreadable, "The caller proof is too long."]


def test_another_region() -> None:
    """A proof for the stack of another region says nothing to this one."""
    assert "us-east-1" in refusal(proof_of(DECISION, region="eu-west-1"))


@pytest.mark.parametrize(("minutes", "clock"), [(-1.1, "slow"), (-16, "slow"), (1.1, "fast"), (16, "fast")])
def test_it_is_good_for_a_minute(minutes: float, clock: str) -> None:
    """STS would take it for a quarter of an hour; the sentence names the clock."""
    when = datetime.now(UTC) + timedelta(minutes=minutes)
    assert clock in refusal(signed_at(when, lambda: proof_of(DECISION)))


def test_the_clocks_may_differ_a_little() -> None:
    """Half a minute both ways."""
    for seconds in (-30, 30):
        when = datetime.now(UTC) + timedelta(seconds=seconds)
        assert unwrap(signed_at(when, lambda: proof_of(DECISION)), "us-east-1", datetime.now(UTC))


@pytest.mark.parametrize(("seconds", "clock"), [(-61, "slow"), (-60, ""), (60, ""), (61, "fast")])
def test_the_minute_is_counted_to_the_second(seconds: int, clock: str) -> None:
    """As both clocks tell it: the one that signed, and ours."""
    now = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
    proof = signed_at(now + timedelta(seconds=seconds), lambda: proof_of(DECISION))
    if clock:
        with pytest.raises(CallerUnproven, match=f"clock is {clock}"):
            unwrap(proof, "us-east-1", now)
    else:
        assert unwrap(proof, "us-east-1", now)


def test_a_proof_that_asks_for_more_than_a_minute_says_so() -> None:
    """Whoever writes a command line of their own learns what to change."""
    longer = changed(proof_of(DECISION), lambda given: given.update({"X-Amz-Expires": "61"}))
    assert refusal(longer) == "The caller proof is valid for more than a minute."


@pytest.mark.parametrize("approval_id", ["", "x", "A" * 32, "0" * 65, "00\r\nHost: x", "٠" * 32])
def test_what_is_no_approval(approval_id: str) -> None:
    """Its id becomes a header."""
    with pytest.raises(CallerUnproven, match="for an approval that does not exist"):
        Binding.of(approval_id, "GET", b"")


def test_the_digest_is_over_method_and_body() -> None:
    """As documented, for other command lines."""
    assert Binding.of(ID, "POST", BODY) == DECISION
    assert DECISION.headers == {
        "x-endpoint-sweep-approval": ID,
        "x-endpoint-sweep-request": hashlib.sha256(b"POST\n" + BODY).hexdigest(),
    }
