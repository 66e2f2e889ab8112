"""Why nothing is deleted: what people read, and what only tampering can cause."""

import pytest

from endpoint_sweep.domain.why import Cause, Why, alarm_of


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_a_sentence(cause: Cause) -> None:
    """A detail replaces it, as it says more."""
    assert " " in Why(cause).sentence
    assert Why(cause, "kept by ada@example.com").sentence == "kept by ada@example.com"


def test_only_tampering_raises_an_alarm() -> None:
    """A record without a cause, and a cause that people bring about, raise none."""
    alarms = {cause: Why(cause).alarm for cause in Cause if Why(cause).alarm}
    assert alarms == {
        Cause.NOT_OFFERED: "PlanTampered",
        Cause.FORGED: "DecisionForged",
        Cause.UNNAMED: "DecisionForged",
    }
    assert (alarm_of(None), alarm_of(Cause.KEPT)) == ("", "")
