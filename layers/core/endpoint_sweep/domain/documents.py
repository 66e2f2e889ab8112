"""Dataclasses to JSON and back, canonically.

Forty lines instead of a library: a converter from the package index costs 0.2 s of import in every cold start.
"""

import dataclasses
import hashlib
import json
import types
import typing
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

_PLAIN = {str, int, float, bool, types.NoneType}


def to_data(value: Any) -> Any:  # noqa: PLR0911 - one return per shape
    """Dataclasses, enums, times (ISO 8601, UTC, `Z`) and Decimals (strings) as plain JSON data."""
    kind: Any = type(value)
    if kind in _PLAIN:  # most of what a document holds
        return value
    match value:
        case Enum():
            return value.value
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case Decimal():
            return str(value)
        case dict():
            return {str(key): to_data(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [to_data(item) for item in value]
        case _ if (fields := _fields(kind)) is not None:
            return {name: to_data(getattr(value, name)) for name, _ in fields}
        case _:
            return value


def from_data[T](kind: type[T], data: Any) -> T:
    """The reverse of `to_data`. Raises ValueError or TypeError if the data does not fit."""
    try:
        return typing.cast("T", _build(kind, data))
    except (KeyError, AttributeError, ArithmeticError) as error:
        # A list instead of an object, or "abc" as a Decimal: the data is wrong.
        raise ValueError(f"the data does not fit: {type(error).__name__}: {error}") from error


def to_json(value: Any) -> bytes:
    """Canonical UTF-8 JSON: sorted keys, no white space. The same value gives the same bytes."""
    text = json.dumps(to_data(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode()


def sealed_digest(place: str, value: Any) -> bytes:
    """SHA-256 that a MAC is made over. `place` says what and whose it is, so that a MAC is worth nothing elsewhere."""
    return hashlib.sha256(to_json({"place": place, "value": value})).digest()


def digest(body: bytes) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(body).hexdigest()


@cache
def _fields(kind: Any) -> tuple[tuple[str, Any], ...] | None:
    """Name and type of each field; None if this is no dataclass."""
    if not dataclasses.is_dataclass(kind):
        return None
    hints = typing.get_type_hints(kind)
    return tuple((f.name, hints[f.name]) for f in dataclasses.fields(kind))


@cache
def _shape(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    return typing.get_origin(kind), typing.get_args(kind)


def _build(kind: Any, data: Any) -> Any:  # noqa: PLR0911 - one return per shape
    origin, arguments = _shape(kind)
    if origin is types.UnionType or origin is typing.Union:
        if data is None:
            return None
        (kind,) = (argument for argument in arguments if argument is not type(None))
        return _build(kind, data)
    if origin is tuple:
        return tuple(_build(arguments[0], item) for item in data)
    if origin is dict:
        return {key: _build(arguments[1], item) for key, item in data.items()}
    if (fields := _fields(kind)) is not None:
        present = {name: _build(hint, data[name]) for name, hint in fields if name in data}
        return kind(**present)
    if kind is datetime:
        return datetime.fromisoformat(data)
    if kind is Decimal or (isinstance(kind, type) and issubclass(kind, Enum)):
        return kind(data)
    if kind is float and isinstance(data, int):
        return float(data)
    if kind is not Any and not isinstance(data, kind):
        raise TypeError(f"expected {kind}, found {type(data).__name__}")
    return data
