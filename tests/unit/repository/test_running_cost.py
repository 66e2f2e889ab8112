"""docs/deploy.md says what the stack costs, counted from the template."""

import pytest

from scripts import running_cost
from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import Template


def test_the_table_is_that_of_the_template() -> None:
    """`make docs` writes it."""
    text = running_cost.DOCUMENT.read_text(encoding="utf-8")
    assert running_cost.page(text) == text


def test_what_is_paid_by_piece_is_counted(hub: Template) -> None:
    """Another alarm or key changes the table; a second dashboard would, too."""
    keys, alarms = (len(cloudformation.resources(hub, kind)) for kind in ("AWS::KMS::Key", "AWS::CloudWatch::Alarm"))
    found = running_cost.monthly(hub, 0)
    assert found[f"{keys} KMS keys"] == pytest.approx(keys * 1.0)
    assert found[f"{alarms} alarms"] == pytest.approx(alarms * 0.1)
    more = {"Resources": hub["Resources"] | {"Another": {"Type": "AWS::CloudWatch::Alarm"}}}
    assert f"{alarms + 1} alarms" in running_cost.monthly(more, 0)


def test_the_rest_grows_with_the_accounts(hub: Template) -> None:
    """A hundred times the accounts read a hundred times the metrics, and the alarms stay."""
    small, large = running_cost.monthly(hub, 10), running_cost.monthly(hub, 1_000)
    read = "GetMetricData, billed to the member accounts"
    assert large[read] == pytest.approx(100 * small[read])
    assert 0 < small["Step Functions"] < large["Step Functions"] < 100 * small["Step Functions"]
