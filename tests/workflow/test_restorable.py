"""Whether an endpoint could be made again stands on the page and in the mails before anybody decides (D3.17)."""

import re

import pytest

from tests.judging.invariants import before, violations
from tests.judging.stage import ADA
from tests.simulation.organization.scenarios.small import FIRST, REGION, one, organization
from tests.workflow.conftest import House

YES = "It can be restored: its configuration and models exist."
NO = "It cannot be restored: its model torn-AllTraffic was deleted."


def test_the_page_says_what_could_not_be_made_again(house: House) -> None:
    """A model is gone: told on the page, in the mail, when confirming, in the report; approved, it is kept (FI-49)."""
    stage = house.open(organization([one("whole"), one("torn")]), MaxDeletePercentOfAccount="100")
    stage.world.set_roles(FIRST, {"owner", *stage.world.state.roles[FIRST]})
    stage.world.client("sagemaker", FIRST, REGION, "owner").delete_model(ModelName="torn-AllTraffic")
    start = before(stage)
    sweep = stage.start()
    link = stage.links(sweep)[ADA]
    rows = re.findall(r'<th scope="row"><code>([a-z]+)</code>(.*?)</th>', stage.hub.get(link).body)
    assert {name: [words for words in (YES, NO) if words in text] for name, text in rows} == {
        "whole": [YES],
        "torn": [NO],
    }
    [asked, _] = stage.mails(sweep)
    assert asked.text.count(NO) == asked.html.count(NO) == 1
    assert YES not in asked.text
    assert stage.decide(link, "whole", "torn").status == 303
    stage.end(sweep)
    assert stage.disposition(sweep, "whole")[0] == "deleted"
    assert stage.disposition(sweep, "torn")[0] == "failed"
    assert {row["name"]: row["restorable"] for row in stage.report(sweep)["findings"]} == {
        "whole": {"answer": "yes", "why": ""},
        "torn": {"answer": "no", "why": "its model torn-AllTraffic was deleted"},
    }
    assert NO in stage.summary(sweep).text
    assert violations(stage, start) == []


@pytest.mark.parametrize("code", ["AccessDeniedException", "InternalFailure"])
def test_what_cannot_be_looked_at_is_said_to_be_unknown(house: House, code: str) -> None:
    """Never "yes" by default."""
    stage = house.open(organization([one("whole")]))
    start = before(stage)
    stage.world.fault(service="sagemaker", operation="ListModels", code=code, status=400)
    sweep = stage.start("report")
    stage.end(sweep)
    [row] = stage.report(sweep)["findings"]
    assert (row["verdict"], row["restorable"]["answer"]) == ("idle", "not-known")
    assert "It is not known whether it can be restored: listing models" in stage.summary(sweep).text
    assert violations(stage, start) == []
