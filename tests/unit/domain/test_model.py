"""What the product's words say of themselves."""

import pytest

from endpoint_sweep.domain.model import Caps, Outcome, OutcomeStatus, ResourceId, Variant
from tests.unit.samples import ACCOUNT, NOW, REGION, description, plan

A, SHADOW = Variant("a", "ml.m5.large", 1), Variant("s", "ml.m5.large", 2, shadow=True)


@pytest.mark.parametrize("target", [ResourceId(ACCOUNT, REGION, "a"), ResourceId(ACCOUNT, REGION, "a", "notebook")])
def test_an_outcome_is_about_its_target(target: ResourceId) -> None:
    """Of whichever type: two resources of one name have an outcome each."""
    made = Outcome.of(target, OutcomeStatus.DONE, "gone", NOW, "req-1")
    assert made == Outcome(ACCOUNT, REGION, "a", OutcomeStatus.DONE, "gone", NOW, "req-1", target.type)
    assert made.id == target


@pytest.mark.parametrize(("mine", "theirs"), [(Caps(1, 9, 5), Caps(2, 8, 5)), (Caps(2, 8, 6), Caps(1, 9, 5))])
def test_of_two_caps_each_time_the_stricter_counts(mine: Caps, theirs: Caps) -> None:
    """Whoever stores a generous plan gets no more than the stack allows."""
    assert mine.within(theirs) == theirs.within(mine) == Caps(1, 8, 5)


def test_a_shadow_runs_but_does_not_serve() -> None:
    """Its instances are billed, and its traffic is a copy; a variant with pools serves once (D1.18)."""
    seen = description(variants=(A, A, SHADOW))
    assert (seen.serving, seen.instances) == (("a",), 4)


def test_a_count_that_is_not_known_makes_the_sum_unknown() -> None:
    """Zero is known."""
    assert description(variants=(A, Variant("b", None, None))).instances is None
    assert description(variants=(Variant("b", None, 0),)).instances == 0


def test_a_flag_names_its_account() -> None:
    """The reason for all accounts says by itself what it is about."""
    flagged = plan()
    flagged.flagged.update({"*": "9 are idle, up from 4", ACCOUNT: "3 of its 4 are idle"})
    assert flagged.why_flagged("*") == "9 are idle, up from 4"
    assert flagged.why_flagged(ACCOUNT) == f"account {ACCOUNT}: 3 of its 4 are idle"
