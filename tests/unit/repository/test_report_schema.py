"""docs/report.schema.json: what it says is what `report.json` is, with no field more and none less."""

import copy
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from endpoint_sweep.cli.preview.samples import NOW, SCENARIOS, sample
from endpoint_sweep.domain.documents import to_data
from endpoint_sweep.reports import report_data
from scripts.report_schema import PAGE, text


def strict(shape: Any) -> Any:
    """No other fields, so that a new one that the page does not have is seen."""
    match shape:
        case dict():
            made = {name: strict(one) for name, one in shape.items()}
            return made | {"additionalProperties": False} if "properties" in shape else made
        case list():
            return [strict(one) for one in shape]
    return shape


SCHEMA = Draft202012Validator(strict(json.loads(PAGE.read_text(encoding="utf-8"))))


def wrong(document: Any) -> list[str]:
    return [f"{'/'.join(map(str, one.path))}: {one.message}" for one in SCHEMA.iter_errors(document)]


def written(scenario: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(to_data(report_data(sample(SCENARIOS[scenario]).report, NOW))))
    return document


def test_the_page_is_up_to_date() -> None:
    """`make docs` writes it."""
    assert PAGE.read_text(encoding="utf-8") == text()
    Draft202012Validator.check_schema(json.loads(text()))


@pytest.mark.parametrize("scenario", [name for name in SCENARIOS if name != "many"])
def test_every_report_is_what_it_says(scenario: str) -> None:
    assert wrong(written(scenario)) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("totals", "kept"), -1),
        (("totals", "spared"), None),
        (("ending",), "well"),
        (("findings", 0, "verdict"), "lazy"),
        (("findings", 0, "monthly_usd"), 12.5),
        (("findings", 0, "created_at"), None),
        (("idle", "monthly"), None),
        (("more",), 1),
    ],
)
def test_what_is_no_report(path: tuple[Any, ...], value: Any) -> None:
    document = copy.deepcopy(written("usual"))
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert wrong(document) != []
    del place[path[-1]]
    assert bool(wrong(document)) is (path != ("more",))
