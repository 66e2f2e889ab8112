"""Whether an endpoint could be created again after its deletion (D3.17)."""

from dataclasses import dataclass
from enum import StrEnum


class RestoreAnswer(StrEnum):
    """Only endpoints that may be offered are asked about; of all others nothing is said."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "not-known"
    NOT_ASKED = "not-asked"


_SENTENCES = {
    RestoreAnswer.YES: "It can be restored: its configuration and models exist",
    RestoreAnswer.NO: "It cannot be restored",
    RestoreAnswer.UNKNOWN: "It is not known whether it can be restored",
    RestoreAnswer.NOT_ASKED: "It was not checked whether it can be restored",
}


@dataclass(frozen=True, slots=True)
class Restorable:
    """`why`: what is missing, or what could not be looked at."""

    answer: RestoreAnswer = RestoreAnswer.NOT_ASKED
    why: str = ""

    @classmethod
    def no(cls, why: str) -> "Restorable":
        return cls(RestoreAnswer.NO, why)

    @classmethod
    def unknown(cls, why: str) -> "Restorable":
        return cls(RestoreAnswer.UNKNOWN, why)

    @property
    def is_certain(self) -> bool:
        """Whether it can be restored, beyond doubt."""
        return self.answer is RestoreAnswer.YES

    @property
    def sentence(self) -> str:
        """For a person. `why` may hold what a member account wrote: clean it before it is shown."""
        return f"{_SENTENCES[self.answer]}: {self.why}" if self.why else _SENTENCES[self.answer]


YES = Restorable(RestoreAnswer.YES)
NOT_ASKED = Restorable()
