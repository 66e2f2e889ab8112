"""docs/deploy.md names what a removed stack leaves behind, and nothing else."""

import re
from typing import Any

import pytest

from tests.simulation.hub.cloudformation import ROOT, Template

NAMED = {
    "AWS::S3::Bucket": "The bucket and the table",
    "AWS::DynamoDB::Table": "The bucket and the table",
    "AWS::KMS::Key": "Five KMS keys",
    "AWS::Logs::LogGroup": "The log groups",
    "AWS::IAM::Role": "The role that writes API Gateway's logs",
    "AWS::ApiGateway::Account": "the setting that names it",
}


@pytest.fixture(scope="module")
def table() -> str:
    section = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8").partition("## Remove it")[2]
    return section.partition("| What | Costs |")[2].partition("\n\n")[0]


@pytest.fixture(scope="module")
def retained(hub: Template) -> dict[str, dict[str, Any]]:
    return {
        name: resource for name, resource in hub["Resources"].items() if "Retain" in resource.get("DeletionPolicy", "")
    }


def test_every_kind_that_stays_is_named(retained: dict[str, dict[str, Any]], table: str) -> None:
    assert {resource["Type"] for resource in retained.values()} == set(NAMED)
    assert [words for words in NAMED.values() if words not in table] == []


def test_as_many_keys_and_log_groups_stay_as_are_named(retained: dict[str, dict[str, Any]], table: str) -> None:
    """Another key that stays costs another dollar, and another log group stops a new stack of the same name."""
    kinds = [resource["Type"] for resource in retained.values()]
    assert kinds.count("AWS::KMS::Key") == 5
    groups = [one["Properties"] for one in retained.values() if one["Type"] == "AWS::Logs::LogGroup"]
    names = {one["LogGroupName"]["Fn::Sub"].replace("${AWS::StackName}", "endpoint-sweep") for one in groups}
    assert set(re.findall(r"`(/[\w/-]+)`", table)) == names
