"""Commands are typed as they are printed, whatever stands in them."""

import shlex
from typing import Any

from endpoint_sweep.doctor import commands
from tests.simulation.hub.typed import parse


def test_values_of_any_kind() -> None:
    """A word, a flag, a list, an object; the region always."""
    options: dict[str, Any] = {"name": "it's", "value": "off", "type": "String", "overwrite": True}
    options["tags"] = [{"Key": "a", "Value": "b"}]
    fix = commands.aws("ssm", "put-parameter", options, region="eu-west-1", profile="hub")
    call = parse(fix.command)
    assert call.request["Name"] == "it's"
    assert call.request["Tags"] == [{"Key": "a", "Value": "b"}]
    assert call.request["Overwrite"] is True
    assert call.region == "eu-west-1"
    assert fix.command.endswith("--profile hub")


def test_a_profile_of_the_hub_is_not_that_of_another_account() -> None:
    fix = commands.aws("cloudformation", "activate-organizations-access", {}, region="r", profile="hub", account="1")
    assert (fix.command, fix.account) == ("aws cloudformation activate-organizations-access --region r", "1")


def test_text_of_others_runs_nothing() -> None:
    """Names in AWS may hold anything."""
    fix = commands.aws("sns", "create-topic", {"name": '$(reboot); `x` "y"'}, region="eu-west-1")
    assert shlex.split(fix.command)[4] == '$(reboot); `x` "y"'


def test_a_parameter() -> None:
    """In the form of the Makefile, in which a dollar sign is doubled."""
    assert commands.set_parameter("GraceMinutes", "15").command == 'make deploy SET="GraceMinutes=15"'
    assert commands.set_parameter("ProtectTags", 'a"b`c$d').command == 'make deploy SET="ProtectTags=a\\"b\\`c\\$\\$d"'
