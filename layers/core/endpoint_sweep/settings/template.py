"""The parameters that a CloudFormation template declares, and which values they take.

Only their section is read, and only the YAML that our templates write there: the package brings no YAML parser, and the
rest of a template has short functions that a plain one does not know. A test compares the result with such a parser.
"""

import difflib
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from endpoint_sweep.domain.errors import UsageError

LIST, NUMBER = "CommaDelimitedList", "Number"
LONGEST = 4096  # What CloudFormation takes for one parameter (D9.7).
_SECTION = re.compile(r"^Parameters:\n(.*?)(?=^\S|\Z)", re.DOTALL | re.MULTILINE)
_NAME = re.compile(r"  ([A-Za-z0-9]+):")
_PROPERTY = re.compile(r"    ([A-Za-z]+):(?: (.*))?")
_COMMENT = re.compile(r"\s+#.*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Parameter:
    """`default` is None where a value is required."""

    name: str
    type: str
    description: str = ""
    default: str | None = None
    pattern: str = ""
    takes: str = ""
    allowed: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    properties: dict[str, str | tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_list(self) -> bool:
        return self.type == LIST

    @property
    def must_be(self) -> str:
        """What it takes, in words."""
        if self.allowed:
            return "one of " + ", ".join(self.allowed)
        if self.type == NUMBER:
            bounds = "" if self.low is None or self.high is None else f" from {self.low} to {self.high}"
            return f"a whole number{bounds}"
        return self.takes or f"text that matches {self.pattern}"

    def check(self, value: str) -> None:
        """As CloudFormation checks it: the pattern has to fit each member of a list (D9.11). Raises UsageError."""
        if len(value.encode()) > LONGEST:
            raise UsageError(f"{self.name} is longer than the {LONGEST} bytes that CloudFormation takes")
        if _CONTROL.search(value) or not all(map(self._fits, self._members(value))):
            raise UsageError(f"{self.name} is {_shown(value)}, but must be {self.must_be}")

    def _members(self, value: str) -> list[str]:
        return [member.strip() for member in value.split(",")] if self.is_list else [value]

    def _fits(self, member: str) -> bool:
        if self.allowed:
            return member in self.allowed
        if self.type == NUMBER:
            is_whole = re.fullmatch(r"-?[0-9]{1,18}", member) is not None
            return is_whole and (self.low is None or self.low <= int(member)) and (
                self.high is None or int(member) <= self.high
            )  # fmt: skip
        return re.fullmatch(self.pattern, member, re.ASCII) is not None if self.pattern else True


def parameters_of(text: str, name: str = "template.yaml") -> dict[str, Parameter]:
    """In the order of the template. Raises UsageError naming the file."""
    section = _SECTION.search(text)
    if section is None:
        raise UsageError(f"{name} has no section Parameters, so it is not a template of endpoint-sweep")
    found: dict[str, dict[str, str | tuple[str, ...]]] = {}
    current: dict[str, str | tuple[str, ...]] = {}
    lines = _joined(section[1].splitlines())
    for line in lines:
        if one := _NAME.fullmatch(line):
            current = found.setdefault(one[1], {})
        elif one := _PROPERTY.fullmatch(line):
            current[one[1]] = _value(one[2] or "")
        else:
            raise UsageError(f'{name}: this line of its parameters cannot be read: "{line.strip()[:_SHOWN]}"')
    return {key: _parameter(key, properties) for key, properties in found.items()}


def nearest(name: str, known: Collection[str]) -> str | None:
    """The name that was probably meant."""
    folded = {one.lower(): one for one in known}
    near = difflib.get_close_matches(name.lower().replace("_", ""), folded, 1, 0.7)
    return folded[near[0]] if near else None


def _joined(lines: list[str]) -> Iterator[str]:
    """Without comments and blank lines; a folded text becomes one line."""
    folded: list[str] = []
    for line in lines:
        if folded and (line.startswith("      ") or not line.strip()):
            folded.append(line.strip())
            continue
        if folded:
            yield " ".join(part for part in folded if part)
            folded = []
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line.endswith(": >-"):
            folded = [line.removesuffix(" >-")]
        else:
            yield line
    if folded:
        yield " ".join(part for part in folded if part)


def _value(text: str) -> str | tuple[str, ...]:
    if text.startswith("["):
        inner = _COMMENT.sub("", text).strip()[1:-1]
        return tuple(_scalar(part.strip()) for part in inner.split(","))
    return _scalar(text)


def _scalar(text: str) -> str:
    if text.startswith('"'):
        return str(json.JSONDecoder().raw_decode(text)[0])
    if text.startswith("'"):
        return text.rstrip()[1:-1].replace("''", "'")
    return _COMMENT.sub("", text).strip()


def _parameter(name: str, properties: dict[str, str | tuple[str, ...]]) -> Parameter:
    def text(key: str) -> str:
        return str(properties.get(key, ""))

    def number(key: str) -> int | None:
        return int(text(key)) if key in properties else None

    return Parameter(
        name=name,
        type=text("Type"),
        description=text("Description"),
        default=text("Default") if "Default" in properties else None,
        pattern=text("AllowedPattern"),
        takes=text("ConstraintDescription"),
        allowed=tuple(properties.get("AllowedValues", ())),
        low=number("MinValue"),
        high=number("MaxValue"),
        properties=properties,
    )


def _shown(value: str) -> str:
    kept = _CONTROL.sub("?", value)
    return f'"{kept}"' if len(kept) <= _SHOWN else f'"{kept[: _SHOWN - 1]}…"'
