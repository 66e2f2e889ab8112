"""The hub template as CloudFormation gets it: what the SAM transform makes of it, and what its functions resolve to.

The transform replaces some references to parameters by their values, as text, before CloudFormation sees them.
"""

from collections.abc import Mapping
from typing import Any

from scripts import transform
from scripts.transform import NEEDED
from tests.simulation.hub.cloudformation import HUB_TEMPLATE, Template, load

_NOTHING = {"Ref": "AWS::NoValue"}


def transformed(*, region: str = "eu-west-1", **parameters: str) -> Template:
    """The template after the transform, deployed to a region with these parameters and otherwise with the defaults."""
    return transform.transformed(load(HUB_TEMPLATE), region, **parameters)


def created(template: Template, **parameters: str) -> dict[str, dict[str, Any]]:
    """Logical id -> resource, as CloudFormation makes them: without what a condition leaves out."""
    given = {name: _parameter(one, (NEEDED | parameters).get(name)) for name, one in template["Parameters"].items()}
    truth = {name: _holds(one, given) for name, one in template.get("Conditions", {}).items()}
    made = _chosen(template["Resources"], truth)
    return {name: one for name, one in made.items() if truth.get(one.get("Condition"), True)}


def _holds(condition: Any, given: Mapping[str, Any]) -> bool:
    match condition:
        case {"Fn::Not": [inner]}:
            return not _holds(inner, given)
        case {"Fn::Equals": [one, other]}:
            return _compared(one, given) == _compared(other, given)
        case _:
            raise Refused(f"a condition that is not known here: {condition}")


def _compared(value: Any, given: Mapping[str, Any]) -> str:
    match value:
        case {"Ref": str(name)}:
            return _compared(given[name], given)
        case {"Fn::Join": [glue, parts]}:
            return str(glue).join(given[parts["Ref"]])
        case list():
            raise Refused("Fn::Equals takes texts")
        case _:
            return str(value)


def _chosen(value: Any, truth: Mapping[str, bool]) -> Any:
    match value:
        case {"Fn::If": [str(name), yes, no]}:
            return _chosen(yes if truth[name] else no, truth)
        case dict():
            made = {key: _chosen(one, truth) for key, one in value.items()}
            return {key: one for key, one in made.items() if one != _NOTHING}
        case list():
            return [one for one in (_chosen(one, truth) for one in value) if one != _NOTHING]
        case _:
            return value


class Refused(Exception):
    """CloudFormation does not create a stack with this."""


def resolved(template: Template, value: Any, **parameters: str) -> Any:
    """What CloudFormation makes of `Ref` to a parameter, `Fn::Join` and `Fn::Split`; anything else stays as it is."""
    match value:
        case {"Ref": str(name)} if name in template["Parameters"]:
            return _parameter(template["Parameters"][name], (NEEDED | parameters).get(name))
        case {"Fn::Join": [str(glue), parts]}:
            items = resolved(template, parts, **parameters)
            if not isinstance(items, list):
                raise Refused("Fn::Join takes a list")
            return glue.join(items)
        case {"Fn::Split": [str(glue), whole]}:
            text = resolved(template, whole, **parameters)
            if not isinstance(text, str):
                raise Refused("Fn::Split takes a text")
            return text.split(glue)
        case dict():
            return {key: resolved(template, one, **parameters) for key, one in value.items()}
        case list():
            return [resolved(template, one, **parameters) for one in value]
        case _:
            return value


def _parameter(spec: Mapping[str, Any], given: str | None) -> str | list[str]:
    text = str(spec["Default"]) if given is None else given
    return [one.strip() for one in text.split(",")] if spec["Type"] == "CommaDelimitedList" else text
