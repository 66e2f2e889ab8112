"""The stacks and the code work in every partition: no ARN names one."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import COST_TEMPLATE, HUB_TEMPLATE, MEMBER_TEMPLATE
from tests.unit.repository.transformed import transformed

ROOT = HUB_TEMPLATE.parent
FOLDERS = ("layers/core/endpoint_sweep", "functions", "scripts")
NAMED = "arn:aws:"
# File -> the text where an ARN of the partition aws may stand, because it is only an example or takes AWS's place.
EXAMPLES = {
    "layers/core/endpoint_sweep/settings/lists.py": (
        "write each as arn:aws:iam::111111111111:role/finops=ada@example.com"
    ),
    "layers/core/endpoint_sweep/cli/shell.py": (
        "--scan-role must be the name of a role, or its ARN such as arn:aws:iam::222222222222:role/audit"
    ),
    # Of this ARN only the account is read.
    "layers/core/endpoint_sweep/settings/cross_checks.py": "arn:aws:states:us-east-1:",
    "layers/core/endpoint_sweep/cli/preview/samples.py": "arn:aws:sagemaker:",  # of an endpoint that is made up
}


def texts(value: Any) -> Iterator[str]:
    """Every text in a template."""
    match value:
        case dict():
            for key, one in value.items():
                yield from (str(key), *texts(one))
        case list():
            for one in value:
                yield from texts(one)
        case str():
            yield value


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1"])
def test_no_arn_of_the_hub_stack_names_a_partition(region: str) -> None:
    """After the SAM transform, too, which itself knows where it runs."""
    made = transformed(region=region)
    parts = {name: made[name] for name in ("Resources", "Outputs", "Conditions")}
    assert [text for text in texts(parts) if NAMED in text] == []


@pytest.mark.parametrize("path", [MEMBER_TEMPLATE, COST_TEMPLATE], ids=lambda path: path.name)
def test_no_arn_of_a_role_names_a_partition(path: Path) -> None:
    template = cloudformation.load(path)
    assert [text for text in texts([template["Resources"], template["Outputs"]]) if NAMED in text] == []


def test_no_parameter_takes_only_one_partition() -> None:
    for path in (HUB_TEMPLATE, MEMBER_TEMPLATE, COST_TEMPLATE):
        for name, one in cloudformation.load(path)["Parameters"].items():
            assert NAMED not in one.get("AllowedPattern", ""), name


def test_no_arn_of_the_state_machine_names_a_partition() -> None:
    text = (ROOT / "statemachine" / "sweep.asl.json").read_text(encoding="utf-8")
    assert json.loads(text)
    assert NAMED not in text


def test_no_arn_of_the_code_names_a_partition() -> None:
    """Except in examples, which the list above holds."""
    found = {}
    for file in (file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAMED in node.value:
                found[str(file.relative_to(ROOT))] = node.value
    assert found == EXAMPLES
