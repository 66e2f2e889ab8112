"""The price list service: filters, pages, products as JSON strings (D8.1-D8.5), in three regions only (D6.1)."""

from collections.abc import Callable
from functools import lru_cache

from moto.core.responses import ActionResult, BaseResponse

from tests.simulation.member_aws.services import price_list
from tests.simulation.member_aws.services.refused import Refused
from tests.simulation.member_aws.state import active

ENDPOINTS = ("us-east-1", "eu-central-1", "ap-south-1")
PAGE = 100
_MATCHES: dict[str, Callable[[str, str], bool]] = {  # (attribute, value of the filter), D8.4
    "TERM_MATCH": lambda has, wanted: has == wanted,
    "EQUALS": lambda has, wanted: has == wanted,
    "CONTAINS": lambda has, wanted: wanted in has,
    "ANY_OF": lambda has, wanted: has in wanted.split(","),
    "NONE_OF": lambda has, wanted: has not in wanted.split(","),
}


@lru_cache(maxsize=8)
def _products(odd_prices: tuple[tuple[str, str], ...]) -> tuple[tuple[dict[str, str], str], ...]:
    return tuple(price_list.products(dict(odd_prices)))


class Pricing(BaseResponse):  # type: ignore[misc]  # moto ships no types
    def __init__(self) -> None:
        super().__init__(service_name="pricing")
        self.automated_parameter_parsing = True

    def get_products(self) -> ActionResult:
        """Every product whose attributes fit all filters, at most 100 per page."""
        state = active()
        if "prices" in state.off:
            text = f"User: {self.current_account} is not authorized to perform: pricing:GetProducts"
            raise Refused("AccessDeniedException", text)
        if self._get_param("ServiceCode") != "AmazonSageMaker":
            raise Refused("NotFoundException", "Service code is not in the simulated price list.")
        filters = self._get_param("Filters") or []
        for one in filters:
            if one["Type"] not in _MATCHES:
                raise Refused("InvalidParameterException", f"Filter type {one['Type']} is not supported.")
        rows = [
            text
            for attributes, text in _products(tuple(sorted(state.odd_prices.items())))
            if all(_MATCHES[one["Type"]](attributes.get(one["Field"], ""), one["Value"]) for one in filters)
        ]
        size = self._get_param("MaxResults") or PAGE
        if not 1 <= size <= PAGE:
            raise Refused("InvalidParameterException", "MaxResults must be between 1 and 100.")
        start = int(self._get_param("NextToken") or 0)
        answer = {"FormatVersion": "aws_v1", "PriceList": rows[start : start + size]}
        return ActionResult(answer | ({"NextToken": str(start + size)} if start + size < len(rows) else {}))
