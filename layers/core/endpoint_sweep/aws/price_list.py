"""`pricing.PriceList` on the AWS Price List API: on-demand hosting, by exact product, plausible amounts only."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import jmespath
from botocore.exceptions import BotoCoreError, ClientError

from endpoint_sweep.aws.error_translation import code_of, message_of
from endpoint_sweep.rules.pricing import believable

if TYPE_CHECKING:
    from mypy_boto3_pricing import PricingClient
    from mypy_boto3_pricing.type_defs import FilterTypeDef

_SERVICE = "AmazonSageMaker"
# D8.3: not Tsform:, AsyncInf:, Notebk: and the like.
_HOSTING_HOURS = re.compile(r"(?:[A-Z0-9]+-)?Host:(ml\.[a-z0-9.-]+)")
_VOLUMES = "General Purpose-Hosting"  # D8.5
_MAX_VALUE = 1024  # characters of one filter's value
_NOT_UNDERSTOOD = {"InvalidParameterException", "ValidationException"}


def home_of(region: str) -> str:
    """The nearest of the few regions where the Price List API has an endpoint."""
    match region.partition("-")[0]:
        case "cn":
            return "cn-northwest-1"
        case "ap":
            return "ap-south-1"
        case "eu" | "me" | "il" | "af":
            return "eu-central-1"
        case _:
            return "us-east-1"


class AwsPriceList:
    """`refusal` says in one sentence why prices are missing, or is None. After a refusal no more calls are made."""

    def __init__(self, client: "PricingClient") -> None:
        self._client = client
        self.refusal: str | None = None

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
        amounts = [
            amount
            for product in self._products(asked)
            if _attributes(product).get("volumeType") == _VOLUMES and _is_of(region, product)
            for amount in _on_demand(product, "GB-Mo")
        ]
        return _agreed(amounts)

    def _hosting(self, region: str, names: "FilterTypeDef", types: list[str]) -> dict[str, Decimal]:
        asked = [_matching("component", "Hosting"), names, _matching("regionCode", region)]
        amounts: dict[str, list[Decimal]] = {}
        for product in self._products(asked):
            kind = _HOSTING_HOURS.fullmatch(str(_attributes(product).get("usagetype")))
            if kind and kind[1] in types and _is_of(region, product):
                amounts.setdefault(kind[1], []).extend(_on_demand(product, "Hrs"))
        agreed = {kind: _agreed(of_kind) for kind, of_kind in amounts.items()}
        return {kind: amount for kind, amount in agreed.items() if amount is not None}

    def _products(self, filters: list["FilterTypeDef"]) -> list[dict[str, Any]]:
        """All pages or none: a missing page could contain a contradicting price."""
        if self.refusal:
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
            self.refusal = f"the price list could not be read: {type(error).__name__}"
            return []
        return list(_objects(texts))


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


def _is_of(region: str, product: dict[str, Any]) -> bool:
    return bool(_attributes(product).get("regionCode", region) == region)


def _on_demand(product: dict[str, Any], unit: str) -> list[Decimal]:
    """The believable amounts of its price dimensions in this unit."""
    # If the shape differs, the expression matches nothing.
    in_unit = jmespath.compile(f"priceDimensions.* | [?unit=='{unit}'].pricePerUnit.USD")
    terms = jmespath.search("terms.OnDemand.*", product) or ()
    told = [amount for term in terms for amount in in_unit.search(term) or ()]
    return [amount for one in told if (amount := believable(one)) is not None]


def _agreed(amounts: list[Decimal]) -> Decimal | None:
    """The one amount in all of them. If amounts differ, the query was ambiguous and the price is unknown."""
    return amounts[0] if len(set(amounts)) == 1 else None
