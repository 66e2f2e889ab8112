"""What is barely used is offered by itself, where the stack says so, and one more call keeps it."""

import re
from typing import Any

import pytest

from endpoint_sweep.rules.approval_rules import NO_LONGER_OFFERED
from endpoint_sweep.rules.planning import make_plan
from endpoint_sweep.steps import aggregate_findings, request_approval
from tests.judging.stage import ADA, Stage
from tests.simulation.organization.scenarios.small import FIRST, REGION, one, organization
from tests.simulation.organization.specification import Organization
from tests.simulation.organization.traffic import Traffic
from tests.workflow.conftest import OpenStage

SELDOM = ("called-twice", "called-four-times")
ON = {
    "BarelyUsedBelow": "5",
    "OfferBarelyUsed": "true",
    "MaxDeletesPerAccount": "50",
    "MaxDeletePercentOfAccount": "100",
}
OFF = ON | {"OfferBarelyUsed": "false"}


def world() -> Organization:
    return organization(
        [
            one("called-twice", Traffic.last_seen(3, 2)),
            one("called-four-times", Traffic.last_seen(5, 4)),
            one("called-often", Traffic.last_seen(3, 5)),
            one("resnet-demo"),
        ]
    )


def offered(stage: Stage, sweep: str) -> list[str]:
    return [one.rpartition("/")[2] for one in stage.plan(sweep)]


def fates(stage: Stage, sweep: str) -> dict[str, str]:
    return {name: stage.disposition(sweep, name)[0] for name in (*SELDOM, "called-often", "resnet-demo")}


def test_it_is_offered_by_itself_and_deleted_when_approved(stage_of: OpenStage) -> None:
    """Its own heading and total in mail and page; "select all" leaves it out; what was approved goes."""
    stage = stage_of(world(), **ON)
    sweep = stage.start()
    links = stage.links(sweep)
    assert offered(stage, sweep) == ["resnet-demo", *sorted(SELDOM)]
    [mail] = [mail for mail in stage.mails(sweep) if mail.to == ADA]
    assert mail.subject.endswith("1 idle and 2 barely used endpoints are waiting for your decision")
    idle, barely = mail.text.partition("WHAT IS IDLE")[2].split("WHAT IS BARELY USED")
    assert "$1,028.13 per month at list price, 1 endpoint" in idle
    assert "$2,056.26 per month at list price, 2 endpoints" in barely
    # Two weeks and at most six hours of $1,028.13 a month, by four calls.
    assert re.search(r"4 calls in the window, \$1(18|19|20)\.\d\d per call\. Last call: \d{1,2} \w{3} 20\d\d\n", barely)
    listed = mail.text.partition("MOST EXPENSIVE FIRST")[2].split("BARELY USED, MONTHLY COST")
    assert ["resnet-demo" in part for part in listed] == [True, False]
    assert ["called-twice [barely used]" in part for part in listed] == [False, True]
    page = stage.hub.get(links[ADA]).body
    before, after = page.split('<h2 id="barely-used">')
    assert ("called-twice" in before, "called-twice" in after, "resnet-demo" in after) == (False, True, False)
    assert page.count('value="d" checked') == 0
    everything = {"plan_sha256": stage.record(sweep)["plan"]["sha256"], "delete_all": "found"}
    selected = stage.hub.post(links[ADA], everything).body
    before, after = selected.split('<h2 id="barely-used">')
    assert (before.count('value="d" checked'), after.count('value="d" checked')) == (1, 0)
    assert stage.decide(links[ADA], "called-twice").status == 303
    stage.end(sweep)
    assert fates(stage, sweep) == {
        "called-twice": "deleted",
        "called-four-times": "kept",
        "called-often": "kept",
        "resnet-demo": "kept",
    }
    assert not stage.world.exists(FIRST, REGION, "called-twice")
    assert stage.disposition(sweep, "called-four-times") == ("kept", f"kept by {ADA}")
    assert "They were offered separately from the idle ones" in " ".join(stage.summary(sweep).text.split())


@pytest.mark.parametrize(
    ("days_ago", "words"), [(0, "it is in use again"), (2, "it is used more than the scan saw: 3 calls")]
)
def test_one_more_call_keeps_it(stage_of: OpenStage, days_ago: int, words: str) -> None:
    """After the plan was made; or before, and CloudWatch learned of it too late for the scan."""
    stage = stage_of(world(), **ON)
    sweep = stage.start()
    links = stage.links(sweep)
    called = stage.touch(FIRST, REGION, "called-twice")
    stage.world.invoke(*called, at=stage.hub.now().timestamp() - days_ago * 86_400)
    assert stage.decide(links[ADA], *SELDOM).status == 303
    stage.end(sweep)
    fate, why = stage.disposition(sweep, "called-twice")
    assert (fate, words in why) == ("spared", True)
    assert stage.world.exists(FIRST, REGION, "called-twice")
    assert stage.disposition(sweep, "called-four-times")[0] == "deleted"


@pytest.mark.parametrize("variable", ["OFFER_BARELY_USED", "BARELY_USED_BELOW"])
def test_a_stack_that_offers_it_no_more_deletes_nothing(
    stage_of: OpenStage, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """Turned off, or with a lower threshold, between the decision and the deletion."""
    stage = stage_of(world(), **ON)
    sweep = stage.start()
    links = stage.links(sweep)
    value = {"OFFER_BARELY_USED": "false", "BARELY_USED_BELOW": "4"}[variable]
    stage.around("ApplyDecisionFunction", lambda _: monkeypatch.setenv(variable, value))
    assert stage.decide(links[ADA], *SELDOM).status == 303
    stage.end(sweep)
    assert {stage.disposition(sweep, name) for name in SELDOM} == {("failed", NO_LONGER_OFFERED)}
    assert stage.world.log.find(operation="DeleteEndpoint") == []


def test_the_page_refuses_what_the_stack_offers_no_more(stage_of: OpenStage, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is idle can be chosen all the same."""
    stage = stage_of(world(), **ON)
    sweep = stage.start()
    links = stage.links(sweep)
    monkeypatch.setenv("OFFER_BARELY_USED", "false")
    refused = stage.decide(links[ADA], "resnet-demo", "called-twice")
    assert (refused.status, refused.body) == (400, "E_ITEM_SELECTION")
    assert stage.decide(links[ADA], "resnet-demo").status == 303
    stage.end(sweep)
    assert fates(stage, sweep) == dict.fromkeys((*SELDOM, "called-often"), "kept") | {"resnet-demo": "deleted"}


def plan_with_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Someone with the findings key makes a plan that offers what is barely used."""

    def forged(*given: Any) -> Any:
        honest: Any = make_plan
        return honest(*given[:-1], 5)

    monkeypatch.setattr(aggregate_findings, "make_plan", forged)


def test_a_forged_plan_is_not_sent(stage_of: OpenStage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parameter is off, the plan names what is barely used, and its signature is right: no one is asked."""
    plan_with_everything(monkeypatch)
    stage = stage_of(world(), **OFF)
    sweep = stage.start()
    stage.tampered.add(sweep)
    stage.end(sweep)
    assert set(SELDOM) < set(offered(stage, sweep))
    assert stage.report(sweep)["failure"]["error"] == "DocumentTampered"
    assert stage.world.log.find(operation="DeleteEndpoint") == []


@pytest.mark.parametrize("where", ["stack", "input"])
def test_a_forged_plan_that_was_approved_deletes_nothing(
    stage_of: OpenStage, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Even where the plan was sent, and where the stack offers it: this sweep was not to, so it is kept.

    Off in the stack, the page takes no such decision; off in the input, the deletion is refused.
    """
    plan_with_everything(monkeypatch)
    monkeypatch.setattr(request_approval, "may_be_offered", lambda *_: True)
    stage = stage_of(world(), **(OFF if where == "stack" else ON))
    other: dict[str, Any] = {} if where == "stack" else {"offer_barely_used": False}
    sweep = stage.start(**other)
    stage.tampered.add(sweep)
    links = stage.links(sweep)
    for name in SELDOM:
        stage.touch(FIRST, REGION, name)
    answer = stage.decide(links[ADA], *SELDOM)
    assert answer.status == (400 if where == "stack" else 303)
    if where == "stack":
        assert stage.decide(links[ADA]).status == 303
    stage.end(sweep)
    assert stage.world.log.find(operation="DeleteEndpoint") == []
    assert all(stage.world.exists(FIRST, REGION, name) for name in SELDOM)
    if where == "input":
        why = ("failed", "kept: it is not idle, and its sweep was not allowed to offer it")
        assert {stage.disposition(sweep, name) for name in SELDOM} == {why}
