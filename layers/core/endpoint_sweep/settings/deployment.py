"""What a deployment is made of: its stack, its region, and the parameters that differ from the template's defaults.

They live in a TOML file, because lists, numbers and quotes then need no rules of their own. A value is held as
CloudFormation takes it: text, with the members of a list separated by commas.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from textwrap import wrap
from typing import Any

from endpoint_sweep.domain.errors import UsageError
from endpoint_sweep.settings.tags import check_tags, tags_of
from endpoint_sweep.settings.template import NUMBER, Parameter, nearest

STACK = "endpoint-sweep"
FILE, EXAMPLE = "parameters.toml", "parameters.example.toml"
_STACK = re.compile(r"[a-zA-Z][a-zA-Z0-9-]{0,44}")  # The names of roles and functions begin with it.
_TABLES = {"deploy": ("stack", "region"), "tags": (), "parameters": ()}
_HEADER = re.compile(r'\s*\[[\w."-]+\]\s*(#.*)?')
_BOOLEANS = {"true", "false"}
_IN_THE_REGION = ("AlarmTopicArn", "WebAclArn", "CodeSigningConfigArn", "KmsKeyArn")
_ABOUT = f"""\
# The deployment of endpoint-sweep. `make deploy` reads this file and shows what will change before it changes anything.
# A parameter that is not here has its default: {EXAMPLE} lists all of them.
"""
_NO_TAGS = """\
# Tags of the stack, which CloudFormation gives to its resources.
[tags]
# cost-center = "4711"
"""


@dataclass(frozen=True, slots=True)
class Deployment:
    """`region` is empty where none is chosen yet."""

    stack: str = STACK
    region: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)

    def with_values(self, changes: Mapping[str, str]) -> "Deployment":
        return replace(self, values={**self.values, **changes})

    def taking_over(self, stack: Mapping[str, str], parameters: Mapping[str, Parameter]) -> "Deployment":
        """With what the stack has now, as far as nothing else is answered and the template still has it."""
        kept = {
            name: value for name, value in stack.items() if name in parameters and value != parameters[name].default
        }
        return replace(self, values={**kept, **self.values})

    def complete(self, parameters: Mapping[str, Parameter]) -> dict[str, str]:
        """Every parameter of the template. A parameter that is not passed would keep the value that the stack has."""
        return {name: self.values.get(name, one.default or "") for name, one in parameters.items()}


def read(text: str, name: str, parameters: Mapping[str, Parameter]) -> Deployment:
    """Raises UsageError, which begins with the name of the file."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name} is not valid TOML: {error}") from error
    for table, keys in _TABLES.items():
        if not isinstance(document.get(table, {}), dict):
            raise UsageError(f"{name}: {table} must be a table that begins with [{table}]")
        for key in document.get(table, {}):
            if keys and key not in keys:
                raise UsageError(f"{name}: [{table}] has no {key}; it has {' and '.join(keys)}")
    if strangers := [key for key in document if key not in _TABLES]:
        raise UsageError(
            f"{name}: move {strangers[0]} below [parameters]; the tables are [deploy], [tags] and [parameters]"
        )
    given = document.get("parameters", {})
    try:
        refuse_unknown(given, parameters)
        values = {key: _text(parameters[key], value) for key, value in given.items()}
        tags = tags_of(document.get("tags", {}))
    except UsageError as error:
        raise UsageError(f"{name}: {error}") from error
    place = {key: str(value) for key, value in document.get("deploy", {}).items()}
    return Deployment(place.get("stack", STACK), place.get("region", ""), values, tags)


def refuse_unknown(names: Iterable[str], parameters: Mapping[str, Parameter]) -> None:
    """Raises UsageError with the name that was probably meant."""
    for name in names:
        if name not in parameters:
            meant = nearest(name, parameters)
            hint = (
                f"did you mean {meant}?" if meant else "remove it: CHANGELOG.md says what has replaced it, if anything"
            )
            raise UsageError(f"the template has no parameter {name}; {hint}")


def assigned(pairs: Iterable[str], parameters: Mapping[str, Parameter]) -> dict[str, str]:
    """Values by name, of texts such as `Mode=approve`. Raises UsageError."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not equals:
            raise UsageError(f'"{pair[:60]}" must be a name and a value, such as Mode=approve')
        refuse_unknown([name], parameters)
        if name in found:
            raise UsageError(f"{name} is given twice")
        found[name] = value
    return found


def check(deployment: Deployment, parameters: Mapping[str, Parameter]) -> None:
    """Raises UsageError where something is missing, unknown, or not what the template takes."""
    if not _STACK.fullmatch(deployment.stack):
        raise UsageError("the name of the stack must be at most 45 letters, digits and dashes, and begin with a letter")
    refuse_unknown(deployment.values, parameters)
    check_tags(deployment.tags)
    missing = [name for name, one in parameters.items() if one.default is None and not deployment.values.get(name)]
    if missing:
        raise UsageError(f"{' and '.join(missing)} must have a value: {'; '.join(map(_asks, missing))}")
    for name, value in deployment.values.items():
        check_value(parameters[name], value, deployment.region)


def check_value(parameter: Parameter, value: str, region: str) -> None:
    """Raises UsageError. `region`: of the stack; empty where none is chosen yet."""
    parameter.check(value)
    # CloudFormation would only notice when it makes what uses it, and take everything back (D9.12).
    other = (value.split(":") + [""] * 4)[3] if parameter.name in _IN_THE_REGION else ""
    if region and other not in ("", region):
        raise UsageError(f"{parameter.name} is in {other}, but must be in the region of the stack, {region}")


def written(deployment: Deployment, parameters: Mapping[str, Parameter]) -> str:
    """A new file with these values, each below its description."""
    tags = "".join(f"{_key(key)} = {_quoted(value)}\n" for key, value in deployment.tags.items())
    parts = [_ABOUT, _place(deployment), *([f"[tags]\n{tags}"] if tags else []), "[parameters]"]
    for name, value in deployment.values.items():
        parts.append(f"{_described(parameters[name])}{name} = {_literal(parameters[name], value)}\n")
    return "\n".join(parts)


def example(parameters: Mapping[str, Parameter], required: Mapping[str, str]) -> str:
    """A file with every parameter. Those with a default are commented out, so that a copy follows the template."""
    about = f"# Every parameter. Copy this file to {FILE}, or let `endpoint-sweep init` write that file.\n"
    parts = [about, _place(Deployment(region="us-east-1")), _NO_TAGS, "[parameters]"]
    for name, one in parameters.items():
        mark, value = ("", required[name]) if one.default is None else ("# ", one.default)
        parts.append(f"{_described(one)}# It must be {one.must_be}.\n{mark}{name} = {_literal(one, value)}\n")
    return "\n".join(parts)


def edited(text: str, name: str, wanted: Deployment, parameters: Mapping[str, Parameter]) -> str:
    """The same file saying this; whatever else stands there stays. Raises UsageError."""
    before = read(text, name, parameters)
    lines = text.splitlines()
    for key in _TABLES["deploy"]:
        if getattr(before, key) != getattr(wanted, key):
            _replace(lines, "deploy", key, f"{key} = {_quoted(getattr(wanted, key))}")
    for key, value in wanted.tags.items():
        if before.tags.get(key) != value:
            _replace(lines, "tags", key, f"{_key(key)} = {_quoted(value)}")
    changes = {key: value for key, value in wanted.values.items() if before.values.get(key) != value}
    for key, value in changes.items():
        _replace(lines, "parameters", key, f"{key} = {_literal(parameters[key], value)}")
    after = "\n".join(lines) + "\n"
    try:
        is_as_wanted = read(after, name, parameters) == wanted
    except UsageError:
        is_as_wanted = False
    if not is_as_wanted:
        raise UsageError(f"{name} cannot be changed by this command; change {' and '.join(changes)} there by hand")
    return after


def _replace(lines: list[str], table: str, key: str, line: str) -> None:
    start = next((n for n, one in enumerate(lines) if re.fullmatch(rf"\s*\[{table}\]\s*(#.*)?", one)), None)
    if start is None:
        lines += ["", f"[{table}]", line]
        return
    end = next((n for n in range(start + 1, len(lines)) if _HEADER.fullmatch(lines[n])), len(lines))
    for mark in ("", r"#\s*"):
        for first in range(start + 1, end):
            if re.match(rf'\s*{mark}"?{re.escape(key)}"?\s*=', lines[first]):
                lines[first : _end_of_value(lines, first, end)] = [line]
                return
    while not lines[end - 1].strip():
        end -= 1
    lines.insert(end, line)


def _end_of_value(lines: list[str], first: int, end: int) -> int:
    """A list may have many lines."""
    for last in range(first + 1, end + 1):
        try:
            tomllib.loads("\n".join(lines[first:last]))
        except tomllib.TOMLDecodeError:
            continue
        return last
    return first + 1


def _text(parameter: Parameter, value: Any) -> str:
    """As CloudFormation takes it. Raises UsageError."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, list) and parameter.is_list and all(isinstance(one, str | int) for one in value):
        members = [str(one) for one in value]
        if split := [one for one in members if "," in one]:
            raise UsageError(f'{parameter.name} has the entry "{split[0][:60]}"; write a comma between two entries')
        return ",".join(members)
    raise UsageError(f"{parameter.name} must be {parameter.must_be}, not {type(value).__name__}")


def _literal(parameter: Parameter, value: str) -> str:
    if parameter.is_list:
        members = [one.strip() for one in value.split(",")] if value else []
        return f"[{', '.join(map(_quoted, members))}]"
    is_number = parameter.type == NUMBER and re.fullmatch(r"0|-?[1-9][0-9]*", value)
    is_plain = is_number or (value in _BOOLEANS and set(parameter.allowed) == _BOOLEANS)
    return value if is_plain else _quoted(value)


def _key(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else _quoted(text)


def _quoted(text: str) -> str:
    """The escapes of JSON are TOML's."""
    return json.dumps(text, ensure_ascii=False)


def _place(deployment: Deployment) -> str:
    return f"[deploy]\nstack = {_quoted(deployment.stack)}\nregion = {_quoted(deployment.region)}\n"


def _described(parameter: Parameter) -> str:
    return "".join(f"# {line}\n" for line in wrap(parameter.description, 110))


def _asks(name: str) -> str:
    return f"use --set {name}=… or write it into {FILE}"
