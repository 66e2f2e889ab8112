"""The link and the page behind it: looking changes nothing, one decision counts, and every answer is careful."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.judging import deciding
from tests.judging.deciding import Fields
from tests.judging.stage import ADA, GRACE, Stage, secret_of
from tests.simulation.hub.approver import text_of
from tests.simulation.hub.stack_in_process import BASE_URL, PATIENT
from tests.workflow.conftest import House

CAREFUL = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Thirty idle endpoints wait for a decision, in one long slice, so that nothing moves by itself."""
    from tests.simulation.organization.scenarios import build

    house = House()
    stage = house.open(build("many_idle"), WaitSliceSeconds="3600")
    sweep = stage.start()
    stage.links(sweep)
    # The function that waits has stored its token; the state machine still has to write down that it has answered.
    stage.hub.until(lambda: is_written_down(stage, sweep), PATIENT, "the wait in the history")
    yield stage
    house.close()


def is_written_down(stage: Stage, sweep: str) -> bool | None:
    return stage.hub.history(stage.sweeps[sweep])[-1]["type"] == "TaskSubmitted" or None


@pytest.fixture
def sweep(stage: Stage) -> str:
    return next(iter(stage.sweeps))


@pytest.fixture
def link(stage: Stage, sweep: str) -> str:
    return stage.links(sweep)[ADA]


@pytest.fixture
def unchanged(stage: Stage, sweep: str, link: str) -> Iterator[None]:
    """Not one stored byte differs after the test: table, bucket with all versions, history, mails, member accounts."""
    before = everything(stage, sweep)
    yield
    assert everything(stage, sweep) == before


def everything(stage: Stage, sweep: str) -> dict[str, Any]:
    return {
        "table": sorted(json.dumps(item, sort_keys=True) for item in stage.hub.items()),
        "objects": dict(stage.objects()),
        "history": json.dumps(stage.hub.history(stage.sweeps[sweep]), default=str),
        "mails": stage.hub.mails(),
        "world": stage.world.snapshot(),
    }


def experiment(number: int) -> str:
    return f"222222222222/us-east-1/experiment-{number:02d}"


def form(stage: Stage, link: str, *numbers: int, **other: str) -> Fields:
    """A correct final form for these experiments but for its code, and but for `other`."""
    return deciding.form(stage.hub, link, [experiment(number) for number in numbers]) | other


@pytest.mark.usefixtures("unchanged")
def test_looking_changes_no_stored_byte(stage: Stage, link: str) -> None:
    """Twenty GET and twenty HEAD, as mail scanners send them, leave no trace."""
    answers = {stage.hub.get(link, method).status for method in ("GET", "HEAD") * 20}
    assert answers == {200, 405}


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_are_refused(stage: Stage, link: str, method: str) -> None:
    """405 and nothing else, also where the query asks for a decision."""
    answer = stage.hub.get(f"{link}&choice=delete&step=decide", method)
    assert (answer.status, "E_METHOD" in answer.body) == (405, True)


@pytest.mark.usefixtures("unchanged")
def test_a_get_decides_nothing_whatever_its_query(stage: Stage, link: str) -> None:
    """A decision in the address is ignored; the page is shown."""
    answer = stage.hub.get(f"{link}&decision=approve&choice=delete&step=decide&next=https://evil.example")
    assert (answer.status, "evil.example" in answer.body) == (200, False)


def test_the_first_step_writes_nothing_but_a_code(stage: Stage, sweep: str, link: str) -> None:
    """Choosing shows what would happen, with the phrase to type; the code goes to whose link it is, and is counted."""
    before, fields = everything(stage, sweep), form(stage, link, 0, 1)
    answer = stage.hub.post(link, fields | {"step": "review"})
    assert answer.status == 200
    assert f"Type <code>{fields['phrase']}</code>" in answer.body
    after = everything(stage, sweep)
    [mail] = after.pop("mails")[len(before.pop("mails")) :]
    assert (mail.to, mail.subject) == (ADA, f"endpoint-sweep {sweep}: your code")
    [row] = set(after.pop("table")) - set(before.pop("table"))
    assert json.loads(row)["sk"]["S"].startswith("CODE#")
    [counted] = after.pop("objects").items() - before.pop("objects").items()
    number = json.loads(row)["sk"]["S"].replace("CODE#", f"sweeps/{sweep}/tries/") + "/001"
    assert (counted[0].partition("@")[0], counted[1]) == (number, "{}")
    assert after == before


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"phrase": ""}, 400, "E_CONFIRM_PHRASE"),
        ({"phrase": "DELETE 3 {hash}"}, 400, "E_CONFIRM_PHRASE"),
        ({"phrase": "DELETE 2 00000000"}, 400, "E_CONFIRM_PHRASE"),
        ({"phrase": "delete 2 {hash}"}, 400, "E_CONFIRM_PHRASE"),
        ({"phrase": "DELETE  2 {hash}"}, 400, "E_CONFIRM_PHRASE"),
        ({"phrase": "KEEP ALL {hash}"}, 400, "E_CONFIRM_PHRASE"),
        ({"plan_sha256": "0" * 64}, 409, "E_PLAN_CHANGED"),
        ({"plan_sha256": ""}, 409, "E_PLAN_CHANGED"),
        ({"choice": "keep"}, 400, "E_ITEM_SELECTION"),
        ({"choice": "approve"}, 400, "E_ITEM_SELECTION"),
        ({"i0": ["d", "d"]}, 400, "E_ITEM_SELECTION"),
        ({"i0": "approve"}, 400, "E_ITEM_SELECTION"),
        ({"i30": "d"}, 400, "E_ITEM_SELECTION"),
        ({"k": "wrong"}, 404, "E_LINK_INVALID"),
        ({"k": ["a", "b"]}, 404, "E_LINK_INVALID"),
        ({"k": "x" * 10_000}, 404, "E_LINK_INVALID"),
    ],
)  # fmt: skip
def test_a_form_that_is_not_exact_records_nothing(
    stage: Stage, link: str, change: dict[str, Any], status: int, code: str
) -> None:
    """Wrong phrase, plan, selection or secret: told so, nothing written."""
    plan = str(form(stage, link)["plan_sha256"])
    change = {name: value.format(hash=plan[:8]) if isinstance(value, str) else value for name, value in change.items()}
    answer = stage.hub.post(link, form(stage, link, 0, 1) | change)
    assert answer.status == status
    assert code in answer.body
    assert answer.headers.items() >= CAREFUL.items()


@pytest.mark.usefixtures("unchanged")
def test_a_selection_over_the_cap_is_refused_whole(stage: Stage, link: str) -> None:
    """26 of 30: no part of it is recorded, the page names the limits, nothing is deleted."""
    answer = stage.hub.post(link, form(stage, link, *range(26)))
    assert answer.status == 400
    assert "26 endpoints are selected, but the limit for one decision is 25" in answer.body
    assert "the limit for an account is 10" in answer.body
    assert stage.world.log.find(operation="DeleteEndpoint") == []


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_a_form_from_another_site_is_refused(stage: Stage, link: str, headers: dict[str, str]) -> None:
    """403, even with everything else right."""
    answer = stage.hub.post(link, form(stage, link, 0), headers)
    assert (answer.status, "E_CROSS_SITE" in answer.body) == (403, True)


@pytest.mark.usefixtures("unchanged")
def test_a_wrong_secret_and_an_unknown_approval_look_alike(stage: Stage, link: str) -> None:
    """The same bytes: no one learns whether an approval exists."""
    wrong = stage.hub.get(link[:-4] + "AAAA")
    unknown = stage.hub.get(f"{BASE_URL}/a/{'0' * 32}?k={secret_of(link)}")
    missing = stage.hub.get(link.partition("?")[0])
    assert {(one.status, one.body) for one in (wrong, unknown, missing)} == {(404, wrong.body)}
    assert "experiment" not in wrong.body


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("answer", [
    lambda stage, link: stage.hub.get(link),
    lambda stage, link: stage.hub.get(f"{BASE_URL}/a/x/result"),
    lambda stage, link: stage.hub.get(f"{BASE_URL}/elsewhere"),
    lambda stage, link: stage.hub.post(link, {}, {"Content-Type": "application/json"}),
], ids=["page", "result", "elsewhere", "wrong body"])  # fmt: skip
def test_every_answer_is_careful(stage: Stage, link: str, answer: Callable[[Stage, str], Any]) -> None:
    """Not cached, not framed, no script, nothing referred: on errors, too."""
    given = answer(stage, link)
    assert given.headers.items() >= CAREFUL.items()
    assert "default-src 'none'" in given.headers["Content-Security-Policy"]
    assert "<script" not in given.body


def test_a_table_that_does_not_answer_is_not_a_decision(stage: Stage, sweep: str, link: str) -> None:
    """The write fails: 503, not recorded, and the page does not say otherwise. Only the try of the code is counted."""
    fields = deciding.with_code(stage.hub, link, form(stage, link, 0))
    before = everything(stage, sweep)
    fault = stage.world.fault(service="dynamodb", operation="PutItem", code="ValidationException")
    answer = stage.hub.post(link, fields)
    stage.world.faults.remove(fault)
    assert (answer.status, "Your decision was not recorded" in answer.body) == (503, True)
    after = everything(stage, sweep)
    counted = after.pop("objects").items() - before.pop("objects").items()
    assert {(name.split("/")[2], text) for name, text in counted} <= {("tries", "{}")}
    assert after == before


def test_one_decision_counts(stage: Stage, sweep: str, link: str) -> None:
    """The second POST with the same decision gets the recorded answer; another one is told who was first, and when."""
    other = stage.links(sweep)[GRACE]
    first = deciding.with_code(stage.hub, link, form(stage, link, 3, 7))
    answer = stage.hub.post(link, first)
    assert (answer.status, answer.headers["Location"]) == (303, f"{link.split('/a/')[1].partition('?')[0]}/result")
    stage.hub.until(lambda: stage.record(sweep)["status"] == "verified" or None, 30, "the sweep to look")
    again = stage.hub.post(link, first)
    decided = rf"{ADA} decided to delete 2 endpoints on \d\d \w+ \d{{4}}, \d\d:\d\d UTC"
    assert again.status == 200
    assert re.search(decided, text_of(again.body))
    too_late(stage, other, form(stage, other, 3), decided)
    assert "already decided" in stage.hub.get(other).body.lower()
    stage.end(sweep)
    gone = {f"experiment-{number:02d}" for number in range(30)} - {name for _, _, name in stage.world.endpoints()}
    assert gone == {"experiment-03", "experiment-07"}
    assert stage.hub.post(link, first).status == 200
    assert stage.disposition(sweep, "experiment-03")[0] == "deleted"


def too_late(stage: Stage, link: str, fields: Fields, decided: str) -> None:
    """Refused, with who decided what."""
    answer = stage.hub.post(link, fields)
    assert (answer.status, "E_ALREADY_DECIDED" in answer.body) == (409, True)
    assert re.search(decided, text_of(answer.body))
