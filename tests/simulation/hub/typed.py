"""Commands as a person types them: `aws …` through boto3, because no AWS CLI is installed for the tests."""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.model import ListShape, Shape, StructureShape

# What the CLI calls otherwise than the SDK: services, and options by service and operation.
SERVICES = {"s3api": "s3"}
OPTIONS = {("sns", "subscribe", "notification-endpoint"): "endpoint"}
GLOBAL = {"region", "profile", "query", "output"}
_BLANK = re.compile(r"<([a-z ]+)>")


class NotACommand(Exception):
    """The CLI would refuse it, and says why in one line."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an SDK. `operation` and the keys of `request` as boto3 has them."""

    service: str
    operation: str
    request: dict[str, Any]
    region: str


def filled_in(command: str, answers: Mapping[str, str]) -> str:
    """With what a person puts into the blanks, such as `<address>`."""
    return _BLANK.sub(lambda found: answers[found[1]] if found[1] in answers else found[0], command)


def parse(command: str) -> Call:
    """What `aws service operation --option value …` asks for. Raises NotACommand."""
    words = shlex.split(command)
    if len(words) < 3 or words[0] != "aws":
        raise NotACommand(f"not a command of the AWS CLI: {command}")
    service = SERVICES.get(words[1], words[1])
    model = botocore.session.get_session().get_service_model(service)
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    if words[2] not in operations:
        raise NotACommand(f"{service} has no operation {words[2]}")
    operation = model.operation_model(operations[words[2]])
    members = dict(operation.input_shape.members) if operation.input_shape else {}
    shapes = {xform_name(name, "-"): (name, shape) for name, shape in members.items()}
    request, region = {}, ""
    for option, values in _options(words[3:]).items():
        if option in GLOBAL:
            region = values[0] if option == "region" else region
            continue
        option = OPTIONS.get((service, words[2], option), option)  # noqa: PLW2901 - the same by its other name
        positive = option.removeprefix("no-") if option not in shapes else option
        if positive not in shapes:
            raise NotACommand(f"{words[2]} has no option --{option}")
        name, shape = shapes[positive]
        request[name] = _flag(option == positive, values) if shape.type_name == "boolean" else _value(shape, values)
    if missing := [name for name in getattr(operation.input_shape, "required_members", ()) if name not in request]:
        raise NotACommand(f"{words[2]} needs {missing[0]}")
    return Call(service, xform_name(operations[words[2]]), request, region)


def _options(words: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in words:
        if word.startswith("--"):
            found[word.removeprefix("--")] = []
        elif not found:
            raise NotACommand(f"{word} belongs to no option")
        else:
            found[next(reversed(found))].append(word)
    return found


def _flag(is_on: bool, values: list[str]) -> bool:
    if values:
        raise NotACommand(f"a flag takes no value such as {values[0]}")
    return is_on


def _value(shape: Shape, values: list[str]) -> Any:
    if not values:
        raise NotACommand("an option lacks its value")
    if isinstance(shape, ListShape):
        if values[0].startswith("["):
            return json.loads(values[0])
        return [_value(shape.member, [value]) for value in values]
    if len(values) > 1:
        raise NotACommand(f"only one value is taken, not {' '.join(values)}")
    text = values[0]
    if isinstance(shape, StructureShape) or shape.type_name == "map":
        return json.loads(text) if text.startswith("{") else _short(shape, text)
    kinds: dict[str, type] = {"integer": int, "long": int, "double": float, "float": float}
    return kinds.get(shape.type_name, str)(text)


def _short(shape: Any, text: str) -> dict[str, Any]:
    """`Name=value,Other=value,more of the other's list`."""
    if not isinstance(shape, StructureShape):
        return {name: value for name, _, value in (part.partition("=") for part in text.split(","))}
    found: dict[str, list[str]] = {}
    for part in text.split(","):
        name, equals, value = part.partition("=")
        if equals and name not in shape.members:
            raise NotACommand(f"there is no field {name}")
        if not equals and not found:
            raise NotACommand(f"{part} belongs to no field")
        found.setdefault(name if equals else next(reversed(found)), []).append(value if equals else part)
    return {
        name: values[0] == "true" if shape.members[name].type_name == "boolean" else _value(shape.members[name], values)
        for name, values in found.items()
    }
