"""The path from an approval to an action: its points, and who is named as its author."""

import re

import pytest

from endpoint_sweep.domain.model import OutcomeStatus
from endpoint_sweep.rules.acting import Checkpoint, Kept, source_identity


def test_there_are_eleven_points() -> None:
    """In the order in which a deletion passes them (S3.11)."""
    assert [point.value for point in Checkpoint] == [
        *("kill-switch", "decision", "role", "fingerprint", "tags", "traffic", "bundle", "intent"),
        *("last-look", "delete", "outcome"),
    ]


def test_only_what_looks_like_tampering_raises_an_alarm() -> None:
    """What is kept for any other reason names no metric."""
    assert Kept(OutcomeStatus.CHANGED, "it was changed").alarm == ""
    forged = Kept(OutcomeStatus.FAILED, "it was not approved", "DecisionForged")
    assert (forged.status, forged.reason, forged.alarm) == (
        OutcomeStatus.FAILED, "it was not approved", "DecisionForged")  # fmt: skip


@pytest.mark.parametrize("approver", ["ada@example.com", f"{'x' * 64}@example.com", "jörg@exämple.com", "a'b@c.de"])
def test_a_source_identity_is_one_that_sts_takes(approver: str) -> None:
    """At most 64 of its characters, the approver first."""
    said = source_identity("2026-11-20T06-00Z-a-very-long-name-of-a-sweep" * 2, approver)
    assert re.fullmatch(r"[\w+=,.@-]{2,64}", said, re.ASCII)
    assert source_identity("2026-11-20T06-00Z", "ada@example.com") == "ada@example.com,2026-11-20T06-00Z"
    assert source_identity("s", "jörg o'hara@example.com") == "j-rg-o-hara@example.com,s"
    assert source_identity("s" * 70, "a" * 41) == f"{'a' * 40},{'s' * 23}"
