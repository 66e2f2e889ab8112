"""One correction: which function of moto is replaced, and why."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Correction:
    """`target.attribute` becomes `replacement`; `why` is the difference that it removes, with its fact number."""

    name: str
    target: Any
    attribute: str
    replacement: Any
    why: str
