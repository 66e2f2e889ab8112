"""`pricing.PriceList` on the AWS Price List API: on-demand hosting, by exact product, plausible amounts only."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import jmespath
from botocore.exceptions import BotoCoreError, ClientError

from endpoint_sweep.aws.error_translation import code_of, message_of
from endpoint_sweep.rules.pricing import STORAGE, Key, believable, ready_type

if TYPE_CHECKING:
    from mypy_boto3_pricing import PricingClient
    from mypy_boto3_pricing.type_defs import FilterTypeDef

_SERVICE = "AmazonSageMaker"
# D8.3: not Tsform:, AsyncInf:, Notebk: and the like.
_HOSTING_HOURS = re.compile(r"(?:[A-Z0-9]+-)?Host:(ml\.[a-z0-9.-]+)")
_BILLED_HOURS = re.compile(r"(?:([A-Z0-9]+)-)?(?:Host|AsyncInf):(ml\.[a-z0-9.-]+)")
_VOLUMES = "General Purpose-Hosting"  # D8.5
# D8.8: a second of one concurrent call that is kept ready, by the size of its memory.
_READY_SECONDS = re.compile(r"(?:[A-Z0-9]+-)?ProvisionedConcurrency:Mem-([1-9][0-9]?)GB")
_UNITS = {STORAGE: ("GB-Mo",), "ml": ("Hrs",)}
_SECONDS = ("Seconds", "seconds", "Second", "second")
_MAX_VALUE = 1024  # characters of one filter's value
_NOT_UNDERSTOOD = {"InvalidParameterException", "ValidationException"}
NO_SERVICE = "there is no price service in this partition"
CONTRADICTION = "the price list gives more than one price"


def home_of(region: str) -> str | None:
    """The nearest of the few regions where the Price List API has an endpoint. None: its partition has none (D6.1)."""
    if region.startswith(("us-gov-", "us-iso", "eu-iso", "eusc-")):
        return None
    match region.partition("-")[0]:
        case "cn":
            return "cn-northwest-1"
        case "ap":
            return "ap-south-1"
        case "eu" | "me" | "il" | "af":
            return "eu-central-1"
        case _:
            return "us-east-1"


def hosting_type(usage_type: str) -> tuple[str, str] | None:
    """The prefix of the region and the instance type, if it is the usage type of hosting on a bill."""
    found = _BILLED_HOURS.fullmatch(usage_type)
    return (found[1] or "", found[2]) if found else None


class AwsPriceList:
    """`refusal` says in one sentence why prices are missing, or is None. After a refusal no more calls are made."""

    def __init__(self, client: "PricingClient | None", home: str = "us-east-1") -> None:
        """`client`: None where the partition has no price service."""
        self._client = client
        self._alone = home.startswith("cn-")
        self._doubts: dict[Key, str] = {}
        self.refusal: str | None = None if client else NO_SERVICE

    @classmethod
    def near(cls, region: str, client_at: "Callable[[str], PricingClient]") -> "AwsPriceList":
        """The price list for a hub in this region."""
        home = home_of(region)
        return cls(client_at(home), home) if home else cls(None)

    def doubt(self, region: str, what: str) -> str:
        return self._doubts.get((region, what)) or self.refusal or ""

    def hosting(self, region: str, types: Collection[str]) -> Mapping[str, Decimal]:
        """One call for many types (D8.4); falls back to one call per type if it is refused or finds nothing."""
        found: dict[str, Decimal] = {}
        is_understood = False
        for batch in _batches(sorted(set(types))):
            prices = self._hosting(region, {"Type": "ANY_OF", "Field": "instanceName", "Value": ",".join(batch)}, batch)
            is_understood = is_understood or bool(prices)
            if not is_understood:
                for one in batch:
                    exact: FilterTypeDef = {"Type": "TERM_MATCH", "Field": "instanceName", "Value": one}
                    prices |= self._hosting(region, exact, [one])
            found |= prices
        return found

    def storage(self, region: str) -> Decimal | None:
        asked = [_matching("volumeType", _VOLUMES), _matching("regionCode", region)]
        return self._found(region, self._products(asked), [STORAGE]).get(STORAGE)

    def _hosting(self, region: str, names: "FilterTypeDef", types: list[str]) -> dict[str, Decimal]:
        asked = [_matching("component", "Hosting"), names, _matching("regionCode", region)]
        return self._found(region, self._products(asked), types)

    def _found(self, region: str, products: Iterable[dict[str, Any]], wanted: list[str]) -> dict[str, Decimal]:
        found, doubts = prices_in(products, region)
        self._doubts |= doubts
        return {what: usd for (where, what), usd in found.items() if where == region and what in wanted}

    def _products(self, filters: list["FilterTypeDef"]) -> list[dict[str, Any]]:
        """All pages or none: a missing page could contain a contradicting price."""
        if self.refusal or self._client is None:
            return []
        try:
            pages = self._client.get_paginator("get_products").paginate(
                ServiceCode=_SERVICE, Filters=filters, FormatVersion="aws_v1", PaginationConfig={"PageSize": 100}
            )
            texts = [text for page in pages for text in page.get("PriceList") or ()]
        except ClientError as error:
            if code_of(error) not in _NOT_UNDERSTOOD:
                self.refusal = f"the price list could not be read: {code_of(error)}: {message_of(error)}"
            return []
        except BotoCoreError as error:
            # botocore knows an address in China that others could not reach (D13.17).
            self.refusal = NO_SERVICE if self._alone else f"the price list could not be read: {type(error).__name__}"
            return []
        return list(_objects(texts))


def prices_in(products: Iterable[dict[str, Any]], region: str = "") -> tuple[dict[Key, Decimal], dict[Key, str]]:
    """US dollars of every hosting type, of its volumes and of provisioned concurrency, and why others have none.

    `region`: of products that name none. Used for the API's answers and for the offer file, whose products have the
    same shape.
    """
    amounts: dict[Key, list[tuple[str, Decimal]]] = {}
    for product in products:
        if (key := _key(product, region)) is not None:
            units = _UNITS.get(key[1].partition(".")[0], _SECONDS)
            amounts.setdefault(key, []).extend(pair for unit in units for pair in _on_demand(product, unit))
    found: dict[Key, Decimal] = {}
    doubts: dict[Key, str] = {}
    for key, told in amounts.items():
        # If amounts differ, the query was ambiguous or the list contradicts itself: the price is unknown.
        if len(set(told)) > 1:
            doubts[key] = CONTRADICTION
        elif told and told[0][0] != "USD":
            doubts[key] = f"its list price is in {told[0][0]}"
        elif told:
            found[key] = told[0][1]
    return found, doubts


def _key(product: dict[str, Any], region: str) -> Key | None:
    """Region and type of a product of hosting, a word for its volumes and for provisioned concurrency; None for every
    other product.
    """
    attributes = _attributes(product)
    where = attributes.get("regionCode", region)
    if not isinstance(where, str) or not where or (region and where != region):
        return None
    if attributes.get("volumeType") == _VOLUMES:
        return where, STORAGE
    if ready := _READY_SECONDS.fullmatch(str(attributes.get("usagetype"))):
        return where, ready_type(int(ready[1]))
    hours = _HOSTING_HOURS.fullmatch(str(attributes.get("usagetype")))
    return (where, hours[1]) if hours else None


def _batches(types: list[str]) -> Iterator[list[str]]:
    """As many names as one filter takes, joined by commas."""
    batch: list[str] = []
    for one in types:
        if batch and len(",".join([*batch, one])) > _MAX_VALUE:
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def _matching(field: str, value: str) -> "FilterTypeDef":
    return {"Type": "TERM_MATCH", "Field": field, "Value": value}


def _objects(texts: Iterable[object]) -> Iterator[dict[str, Any]]:
    """The list holds JSON as text (D8.1)."""
    for text in texts:
        try:
            product = json.loads(text) if isinstance(text, str) else None
        except ValueError:
            continue
        if isinstance(product, dict):
            yield product


def _attributes(product: dict[str, Any]) -> dict[str, Any]:
    found = jmespath.search("product.attributes", product)
    return found if isinstance(found, dict) else {}


def _on_demand(product: dict[str, Any], unit: str) -> list[tuple[str, Decimal]]:
    """The currencies and believable amounts of its price dimensions in this unit. Most have one currency: dollars, in
    China yuan (D13.17).
    """
    # If the shape differs, the expression matches nothing.
    in_unit = jmespath.compile(f"priceDimensions.* | [?unit=='{unit}'].pricePerUnit")
    terms = jmespath.search("terms.OnDemand.*", product) or ()
    told = [pair for term in terms for prices in in_unit.search(term) or () for pair in _pairs(prices)]
    return [(currency, amount) for currency, one in told if (amount := believable(one)) is not None]


def _pairs(prices: object) -> list[tuple[str, object]]:
    """Of a price in several currencies, the one in dollars."""
    if not isinstance(prices, dict):
        return []
    return [("USD", prices["USD"])] if "USD" in prices else list(prices.items())
