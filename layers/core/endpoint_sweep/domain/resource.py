"""What a sweep finds and acts on: the address of a resource, its type, and the actions in words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

ENDPOINT = "endpoint"
_TYPE = re.compile(r"[a-z]+(-[a-z]+)*")


class Action(StrEnum):
    """What a sweep can do with an idle resource once someone has approved it."""

    DELETE = "delete"

    @property
    def done(self) -> str:
        """As in `2 endpoints deleted`; also the word in reports."""
        return _DONE[self]


_DONE = {Action.DELETE: "deleted"}


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """One account in one region: the unit of scanning."""

    account: str
    region: str


@dataclass(frozen=True, slots=True, order=True)
class ResourceId:
    """The address of a resource. Not its identity over time: a re-created one has the same address (D2.7)."""

    account: str
    region: str
    name: str
    type: str = ENDPOINT

    def __post_init__(self) -> None:
        """Two addresses never read alike. Raises ValueError."""
        if "/" in self.account + self.region + self.name or not _TYPE.fullmatch(self.type):
            raise ValueError(f"{self.account}/{self.region}/{self.type}/{self.name} is not the address of a resource")

    @property
    def cell(self) -> Cell:
        return Cell(self.account, self.region)

    @classmethod
    def parse(cls, text: str) -> "ResourceId":
        """The reverse of `str`. Raises ValueError."""
        match text.split("/"):
            case [account, region, name] if account and region and name:
                return cls(account, region, name)
            case [account, region, type_, name] if account and region and name and type_ and type_ != ENDPOINT:
                return cls(account, region, name, type_)
        raise ValueError(f"{text} is not ACCOUNT/REGION/NAME or ACCOUNT/REGION/TYPE/NAME")

    @classmethod
    def try_parse(cls, text: object) -> "ResourceId | None":
        """None where someone else wrote something else."""
        try:
            return cls.parse(str(text))
        except ValueError:
            return None

    def __str__(self) -> str:
        """`222222222222/eu-west-1/my-endpoint`; other types are named before the name."""
        type_ = "" if self.type == ENDPOINT else f"{self.type}/"
        return f"{self.account}/{self.region}/{type_}{self.name}"


def noun_of(types: Iterable[str]) -> str:
    """What to call resources of these types: `endpoint`, or `resource` if they differ."""
    different = set(types) or {ENDPOINT}
    return different.pop().replace("-", " ") if len(different) == 1 else "resource"


def share_of(account: str, type_: str) -> str:
    """The key of one type in an account, in words: `222222222222`, other types with their name behind it."""
    return account if type_ == ENDPOINT else f"{account}/{type_}"
