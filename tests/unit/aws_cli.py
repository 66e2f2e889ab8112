"""What the AWS CLI makes of a printed command: an operation with parameters that fit the model of its service."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.model import ListShape, Shape, StructureShape
from botocore.validate import ParamValidator

from tests.simulation.hub.typed import OPTIONS

type Called = tuple[str, dict[str, Any]]
OTHER_NAMES = {"s3api": "s3"}  # the CLI's name of a service -> botocore's


def calls(text: str, *, optional: bool = False) -> list[Called]:
    """What the AWS CLI would ask, in its own terms: operation and parameters, valid for the service's model."""
    if optional:
        text = "\n".join(line.removeprefix("#   ") for line in text.splitlines())
    lines = [line for line in text.replace("\\\n", " ").splitlines() if line.startswith("aws ")]
    return [call(shlex.split(line)) for line in lines]


def call(words: list[str]) -> Called:
    aws, service, operation, *rest = words
    assert aws == "aws"
    known = botocore.session.get_session().get_service_model(OTHER_NAMES.get(service, service))
    name = {xform_name(one, "-"): one for one in known.operation_names}[operation]
    model = known.operation_model(name)
    members = model.input_shape.members if model.input_shape else {}
    kebab = {kebab_of(member): member for member in members}
    renamed = {cli: sdk for (of, what, cli), sdk in OPTIONS.items() if (of, what) == (service, operation)}
    kebab |= {cli: kebab[sdk] for cli, sdk in renamed.items()}
    given: dict[str, Any] = {}
    while rest:
        option = rest.pop(0)
        assert option.startswith("--"), f"{option} belongs to no option"
        values = []
        while rest and not rest[0].startswith("--"):
            values.append(rest.pop(0))
        if option == "--region":
            assert values == ["eu-west-1"]
            continue
        if not values:
            member, is_on = flag(option.removeprefix("--"), kebab)
            assert members[member].type_name == "boolean", f"{option} has no value"
            given[member] = is_on
            continue
        member = kebab[option.removeprefix("--")]
        assert member not in given
        given[member] = value_of(members[member], values)
    if model.input_shape:
        report = ParamValidator().validate(given, model.input_shape)
        assert not report.has_errors(), report.generate_report()
    return name, given


def flag(option: str, kebab: dict[str, str]) -> tuple[str, bool]:
    """A switch and whether it is on: `no-` turns it off, unless that is part of its name."""
    return (kebab[option], True) if option in kebab else (kebab[option.removeprefix("no-")], False)


def kebab_of(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def value_of(shape: Shape, words: list[str]) -> Any:
    """JSON, or the short form `A=x,B=y,z`; a file for a body."""
    match shape:
        case ListShape() if words[0].startswith("["):
            return json.loads(words[0])
        case ListShape(member=StructureShape() as member):
            return [short(member, word) for word in words]
        case ListShape():
            return words
        case StructureShape():
            return short(shape, words[0])
    [word] = words
    if word.startswith("file://"):
        return Path(word.removeprefix("file://")).read_text(encoding="utf-8")
    return typed(shape, [word])


def short(shape: StructureShape, word: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    key = ""
    for part in word.split(","):
        name, equals, value = part.partition("=")
        key = name if equals else key
        found.setdefault(key, []).append(value if equals else part)
    return {key: typed(shape.members[key], values) for key, values in found.items()}


def typed(shape: Shape, values: list[str]) -> Any:
    if isinstance(shape, ListShape):
        return values
    [value] = values
    match shape.type_name:
        case "integer":
            return int(value)
        case "boolean":
            return {"true": True, "false": False}[value]
    return value


def parameters(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {row["ParameterKey"]: row.get("ParameterValue", row.get("UsePreviousValue")) for row in rows}
