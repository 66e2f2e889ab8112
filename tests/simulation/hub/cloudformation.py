"""Reads a CloudFormation template as plain data: `!Ref X` is `{"Ref": "X"}`, `!Sub` is `{"Fn::Sub": ...}`."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]
HUB_TEMPLATE = ROOT / "template.yaml"
MEMBER_TEMPLATE = ROOT / "member-roles.yaml"
COST_TEMPLATE = ROOT / "cost-role.yaml"
TEMPLATES = (HUB_TEMPLATE, MEMBER_TEMPLATE, COST_TEMPLATE)

type Template = dict[str, Any]
type Statement = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """Knows the short forms of intrinsic functions."""


def _intrinsic(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    else:
        value = loader.construct_object(yaml.ScalarNode("tag:yaml.org,2002:str", node.value))
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _intrinsic)


def load(path: Path) -> Template:
    """The whole template; PyYAML would read a bare date such as the format version as a date, ours is quoted."""
    loaded = yaml.load(path.read_text(), Loader=_Loader)  # noqa: S506 - a SafeLoader with tags
    assert isinstance(loaded, dict)
    return loaded


def resources(template: Template, *types: str) -> dict[str, dict[str, Any]]:
    """Logical id -> properties, of the given types."""
    return {
        name: resource.get("Properties", {})
        for name, resource in template["Resources"].items()
        if resource["Type"] in types
    }


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def text(template: Template, value: Any) -> str:
    """A name or ARN with the defaults of parameters filled in; pseudo parameters stay as `${AWS::...}`."""
    if isinstance(value, dict):
        value = value.get("Fn::Sub") or "${" + str(value.get("Ref")) + "}"
    for name, parameter in template.get("Parameters", {}).items():
        value = str(value).replace("${" + name + "}", str(parameter.get("Default", "${" + name + "}")))
    return str(value)


def variables(template: Template, function: str) -> dict[str, Any]:
    """The environment of one function as written: what all functions have, and its own."""
    own = template["Resources"][function]["Properties"].get("Environment", {}).get("Variables", {})
    return {**template["Globals"]["Function"]["Environment"]["Variables"], **own}


def resolved(value: Any, names: Mapping[str, str]) -> str:
    """What CloudFormation makes of a value; `names`: of parameters, resources and pseudo parameters."""
    match value:
        case {"Ref": name} | {"Fn::GetAtt": [name, "Arn"]} | {"Fn::If": ["HasReviewBaseUrl", {"Ref": name}, _]}:
            return names[name]
        case {"Fn::Sub": text}:
            return re.sub(r"\$\{([^}]+)\}", lambda found: names[found[1]], text)
        case {"Fn::Join": [glue, {"Ref": name}]}:
            return str(glue).join(names[name].split(","))
        case {"Fn::Join": [glue, [*parts]]}:
            return str(glue).join(resolved(part, names) for part in parts)
        case _:
            return str(value)


def role_policies(role: Mapping[str, Any]) -> list[Any]:
    """The policy documents of a role, those that a condition adds too."""
    policies = [one["Fn::If"][1] if "Fn::If" in one else one for one in role.get("Policies", [])]
    return [one["PolicyDocument"] for one in policies]


def statements(template: Template) -> Iterator[tuple[str, Statement]]:
    """Every permission statement with the name of the role (or function with a role of its own) that carries it."""
    for logical_id, properties in resources(template, "AWS::IAM::Role").items():
        for document in role_policies(properties):
            for statement in as_list(document["Statement"]):
                yield text(template, properties.get("RoleName", logical_id)), statement
    for logical_id, properties in resources(
        template, "AWS::Serverless::Function", "AWS::Serverless::StateMachine"
    ).items():
        for policy in as_list(properties.get("Policies", [])):
            if isinstance(policy, dict) and "Statement" in policy:
                for statement in as_list(policy["Statement"]):
                    yield logical_id, statement


def actions(statement: Statement) -> list[str]:
    return [str(action) for action in as_list(statement.get("Action", []))]
