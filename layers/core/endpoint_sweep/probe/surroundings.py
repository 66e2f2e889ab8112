"""What is believed of regions, prices and the Organization, asked once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from endpoint_sweep.aws import probing
from endpoint_sweep.aws.price_list import AwsPriceList
from endpoint_sweep.aws.regions import AwsRegions, offered, usable
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.domain.errors import CellFailed, NotConnected, TokenRefused
from endpoint_sweep.probe.belief import Belief, Observation
from endpoint_sweep.probe.place import Place
from endpoint_sweep.rules.pricing import PriceBook

_NEARLY = Decimal("0.01")  # Public tables round differently.


@dataclass(frozen=True)
class Surroundings:
    """`account`: the one whose credentials this shell has. `places`: the cells that were looked at."""

    sessions: Sessions
    account: str
    places: Collection[Place]
    now: datetime

    @cached_property
    def types(self) -> set[tuple[str, str]]:
        """Region and instance type of all that was described."""
        return {
            (place.region, one.type)
            for place in self.places
            for description in place.described.values()
            for one in description.variants
            if one.type
        }

    @cached_property
    def rows(self) -> list[Mapping[str, Any]]:
        """The accounts of the Organization as AWS sent them."""
        return probing.accounts(self.sessions.hub("organizations"))


def region_that_is_off(at: Surroundings) -> Observation:
    """One of those that the account has not opted into is asked for its endpoints."""
    off = probing.regions_off(at.sessions.hub("ec2"))
    sold = offered(at.sessions.hub("ssm")) or frozenset()
    for region in sorted(off & sold)[:1]:
        try:
            _ = Place(at.sessions.own, region, at.now).listed
        except (TokenRefused, NotConnected) as error:
            return Observation(1, 1, (probing.code(error),))
        except CellFailed as error:
            return Observation(0, 1, (probing.refused_with(error),))
        return Observation(0, 1, ("it answered",))
    return Observation()


def both_lists_of_regions(at: Surroundings) -> Observation:
    own = usable(at.sessions.hub("ec2"))
    told = AwsRegions(at.sessions.hub("account"), at.account, at.sessions.hub("ssm")).enabled(at.account)
    if own is None or told is None:
        return Observation(failed="one of the two lists")
    names = own | told
    return Observation(len(own & told), len(names), tuple(sorted(own ^ told)))


def prices(at: Surroundings) -> Observation:
    """The table that ships with the package, compared with the price list of today."""
    table = PriceBook.from_table().listed
    price_list = AwsPriceList.near(at.sessions.region(), lambda home: at.sessions.at("pricing", home))
    holding, notes = 0, []
    for region in sorted({region for region, _ in at.types}):
        wanted = sorted(type_ for place, type_ in at.types if place == region)
        listed = price_list.hosting(region, wanted)
        for one in wanted:
            row = table.get((region, one))
            mine, now = row.usd if row else None, listed.get(one)
            if mine is not None and now is not None and abs(mine - now) <= now * _NEARLY:
                holding += 1
            elif mine is not None or now is not None:
                notes.append(f"{region} {one}: listed {_usd(now)}, table {_usd(mine)}")
    if price_list.refusal:
        return Observation(failed="the price list")
    return Observation(holding, holding + len(notes), tuple(notes))


def _usd(amount: Decimal | None) -> str:
    return "none" if amount is None else f"{amount} USD"


def states_of_accounts(at: Surroundings) -> Observation:
    return Observation(sum(bool(row.get("State")) for row in at.rows), len(at.rows))


def paths_of_accounts(at: Surroundings) -> Observation:
    return Observation(sum(bool(row.get("Paths")) for row in at.rows), len(at.rows))


BELIEFS: tuple[Belief[Surroundings], ...] = (
    Belief("D0.1", "Organizations reports the state of an account in State.", "accounts", states_of_accounts),
    Belief("D0.2", "ListAccounts returns the path of units that an account is in.", "accounts", paths_of_accounts),
    Belief("D6.3", "account:ListRegions and ec2:DescribeRegions name the same regions.", "regions",
           both_lists_of_regions),
    Belief("D6.5", "A region that is off refuses the token or the connection.", "regions that are off",
           region_that_is_off),
    Belief("D8.1", "The price list has one price for hosting on a type, and the built-in table is close to it.",
           "known types in use", prices),
)  # fmt: skip
