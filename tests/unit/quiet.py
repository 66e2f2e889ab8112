"""Ports that say nothing: no price, no second witness, a kill switch that is off, mail that arrives nowhere."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from endpoint_sweep.domain.kinds import Access
from endpoint_sweep.rules.net_cost import Paid


class NoPrices:
    """A price list without a price; `asked` counts the questions."""

    def __init__(self) -> None:
        self.asked = 0

    def hosting(self, _region: str, _types: Collection[str]) -> dict[str, Decimal]:
        self.asked += 1
        return {}

    def storage(self, _region: str) -> None:
        return None

    def doubt(self, _region: str, _what: str) -> str:
        return ""


class OnePrice(NoPrices):
    """Everything costs two dollars an hour."""

    def hosting(self, _region: str, types: Collection[str]) -> dict[str, Decimal]:
        self.asked += 1
        return dict.fromkeys(types, Decimal("2.00"))


class Told:
    """A bill; `asked` counts the questions."""

    def __init__(self, paid: Paid = Paid()) -> None:  # noqa: B008 - frozen
        self.asked = 0
        self._paid = paid

    def paid(self, _today: date) -> Paid:
        self.asked += 1
        return self._paid


class NoWitness:
    def idle(self, _cells: Any) -> dict[Any, Any]:
        return {}


class Off:
    def read(self) -> str:
        return "off"


class Mails:
    """Recipients in order."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, recipient: str, *_: Any, **__: Any) -> None:
        self.sent.append(recipient)


class OpenRoles:
    """Every account lets the hub in."""

    def access(self, accounts: Collection[str], _sweep_id: str) -> dict[str, Access]:
        return dict.fromkeys(accounts, Access.ENABLED)


class NoMetrics:
    """Figures that no one sees."""

    def publish(self, figures: Any) -> None:
        """Nothing."""


class NoEvents:
    """A bus without subscribers."""

    def emit(self, *events: Any) -> None:
        """Nothing."""
