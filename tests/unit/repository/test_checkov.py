"""What checkov is told to leave alone, and why. `make lint` asks it, about the same transformed template."""

import re
from typing import Any

import yaml

from tests.simulation.hub.cloudformation import HUB_TEMPLATE, ROOT, TEMPLATES, Template, load
from tests.unit.repository.transformed import transformed

CONFIGURATION = ROOT / ".checkov.yaml"


def exceptions(template: Template) -> dict[str, list[dict[str, Any]]]:
    """Logical id -> the checks that are left out there."""
    found = {
        name: one.get("Metadata", {}).get("checkov", {}).get("skip") for name, one in template["Resources"].items()
    }
    return {name: one for name, one in found.items() if one}


def test_every_exception_has_a_reason() -> None:
    """A check by its id, and a sentence; no check twice for one resource."""
    written = [one for path in TEMPLATES for one in exceptions(load(path)).values()]
    assert written
    for skipped in written:
        assert len({one["id"] for one in skipped}) == len(skipped)
        for one in skipped:
            assert re.fullmatch(r"CKV2?_AWS_\d+", one["id"])
            assert one["comment"].strip().endswith(".")


def test_every_exception_survives_the_transform() -> None:
    """SAM hands the metadata of a function on to the function that it makes; checkov sees nothing else."""
    written = exceptions(load(HUB_TEMPLATE))
    assert written
    assert written.items() <= exceptions(transformed()).items()


def test_what_sam_makes_has_its_reasons_in_the_configuration() -> None:
    """Beside each check that is left out for everything."""
    lines = re.findall(r"^  - (CKV2?_AWS_\d+) # \S.+\.$", CONFIGURATION.read_text(), flags=re.MULTILINE)
    configured = yaml.safe_load(CONFIGURATION.read_text())
    assert lines == configured["skip-check"]
    assert configured["framework"] == ["cloudformation"]


def test_the_configuration_is_about_one_stage() -> None:
    """Else a check is left out for a stage that nobody has thought about."""
    kinds = [one["Type"] for one in transformed()["Resources"].values()]
    assert kinds.count("AWS::ApiGateway::Stage") == 1
