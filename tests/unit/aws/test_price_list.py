"""The Price List API: the right product, on demand, and a figure that can be true."""

import json
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from endpoint_sweep.aws.price_list import CONTRADICTION, NO_SERVICE, AwsPriceList, home_of
from tests.unit.answering import Answer, Asked, Refusal, client, in_pages

REGION, G5, M5 = "us-east-1", "ml.g5.xlarge", "ml.m5.large"


def product(usage_type: str, *amounts: Any, unit: str = "Hrs", term: str = "OnDemand", **attributes: str) -> str:
    """One element of `PriceList`: JSON as text (D8.1)."""
    dimensions = {f"d{number}": {"unit": unit, "pricePerUnit": {"USD": usd}} for number, usd in enumerate(amounts)}
    known = {"usagetype": usage_type, "regionCode": REGION, "component": "Hosting"} | attributes
    return json.dumps({"product": {"attributes": known}, "terms": {term: {"t": {"priceDimensions": dimensions}}}})


def hosting(kind: str, *amounts: Any, **changes: Any) -> str:
    return product(f"USE1-Host:{kind}", *amounts, **changes)


def price_list(*texts: str) -> tuple[AwsPriceList, Asked]:
    made, asked = client("pricing", lambda *_: {"PriceList": list(texts)})
    return AwsPriceList(made), asked


def filters(request: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {one["Field"]: (one["Type"], one["Value"]) for one in request["Filters"]}


def test_many_types_are_one_call() -> None:
    """Exactly the product of hosting (D8.1, D8.2), all types in one filter (D8.4)."""
    prices, asked = price_list(hosting(G5, "1.4084000000"), product(f"Host:{M5}", "0.1150000000"))
    assert prices.hosting(REGION, [M5, G5]) == {G5: Decimal("1.4084"), M5: Decimal("0.115")}
    ((_, request),) = asked
    assert filters(request) == {
        "component": ("TERM_MATCH", "Hosting"),
        "instanceName": ("ANY_OF", f"{G5},{M5}"),
        "regionCode": ("TERM_MATCH", REGION),
    }
    assert (request["ServiceCode"], request["MaxResults"]) == ("AmazonSageMaker", 100)


def test_a_name_list_that_is_too_long_for_one_filter_is_split() -> None:
    """At most 1,024 characters a value; every type is asked for once."""
    types = [f"ml.test{number}.48xlarge" for number in range(120)]
    prices, asked = price_list(hosting(types[0], "1"))
    prices.hosting(REGION, types)
    values = [filters(request)["instanceName"][1] for _, request in asked]
    assert len(values) == 3
    assert all(len(value) <= 1024 for value in values)
    assert sorted(",".join(values).split(",")) == sorted(types)


def test_a_long_list_is_asked_for_one_by_one_to_its_end() -> None:
    """Where a list is not understood, the types of its second half have prices, too."""
    types = [f"ml.test{number}.48xlarge" for number in range(60)]

    def answer(_: str, request: dict[str, Any]) -> Answer:
        how, value = filters(request)["instanceName"]
        return {"PriceList": [hosting(value, "1")] if how == "TERM_MATCH" else []}

    made, _ = client("pricing", answer)
    assert AwsPriceList(made).hosting(REGION, types) == dict.fromkeys(types, Decimal(1))


@pytest.mark.parametrize("any_of", [Refusal("InvalidParameterException"), {"PriceList": []}], ids=["refused", "empty"])
def test_where_many_at_once_is_not_understood_each_is_asked_for(any_of: Any) -> None:
    """One exact match a type, and the list is not given up."""

    def answer(_: str, request: dict[str, Any]) -> Answer:
        how, name = filters(request)["instanceName"]
        if how == "ANY_OF" and isinstance(any_of, Refusal):
            raise any_of
        return {"PriceList": [hosting(G5, "1.5")]} if (how, name) == ("TERM_MATCH", G5) else {"PriceList": []}

    made, asked = client("pricing", answer)
    prices = AwsPriceList(made)
    assert prices.hosting(REGION, [G5, M5]) == {G5: Decimal("1.50")}
    assert len(asked) == 3
    assert prices.refusal is None


@pytest.mark.parametrize(
    "text",
    [
        product(f"USE1-AsyncInf:{G5}", "1.5"),
        product(f"USE1-Tsform:{G5}", "1.5"),
        product(f"USE1-Notebk:{G5}", "1.5"),
        product(f"USE1-Host:{G5}-Spot", "1.5"),
        product(f"USE1-NoHost:{G5}", "1.5"),
        hosting("ml.g5.xlarge2", "1.5"),
        hosting(G5, "1.5", unit="Quantity"),
        hosting(G5, "1.5", term="Reserved"),
        hosting(G5, "1.5", regionCode="eu-west-1"),
        "not JSON", "[]", "{}", '{"product": [], "terms": 3}', '{"product": {"attributes": null}}',
    ],
)  # fmt: skip
def test_another_product_is_no_price(text: str) -> None:
    """Another component, type, unit, term or region, and what is no product at all (D8.2, D8.3)."""
    prices, _ = price_list(text)
    assert prices.hosting(REGION, [G5]) == {}


@pytest.mark.parametrize("amount", ["0.0000000000", "-1.5", "1e308", "2000", "NaN", "", "free", None, 1.5])
def test_a_figure_that_cannot_be_true_is_no_price(amount: Any) -> None:
    """Unknown instead, and another type beside it is not hurt (BI-25)."""
    prices, _ = price_list(hosting(G5, amount), hosting(M5, "0.115"))
    assert prices.hosting(REGION, [G5, M5]) == {M5: Decimal("0.115")}


def test_two_prices_of_one_type_are_none() -> None:
    """Which of them applies is not known; the same one twice is one, and a free first tier is none."""
    prices, _ = price_list(hosting(G5, "1.5"), hosting(G5, "1.6"), hosting(M5, "0", "0.115"), hosting(M5, "0.1150"))
    assert prices.hosting(REGION, [G5, M5]) == {M5: Decimal("0.115")}


def test_why_a_type_has_no_price_is_kept() -> None:
    """Two prices, and one in another currency (D13.17): told apart, and neither is a price in dollars."""
    in_yuan = hosting("ml.c5.large", "1.1").replace('"USD"', '"CNY"')
    both = hosting("ml.c5.xlarge", "2.2").replace('{"USD"', '{"CNY": "9", "USD"')
    prices, _ = price_list(hosting(G5, "1.5", "1.6"), in_yuan, hosting(M5, "0"), both)
    wanted = [G5, M5, "ml.c5.large", "ml.c5.xlarge"]
    assert prices.hosting(REGION, wanted) == {"ml.c5.xlarge": Decimal("2.20")}
    assert [prices.doubt(REGION, one) for one in wanted] == [CONTRADICTION, "", "its list price is in CNY", ""]
    assert prices.doubt("eu-west-1", G5) == ""


def test_a_partition_without_a_price_service_is_not_asked() -> None:
    """GovCloud has no address at all; the one of China that the SDK knows may not answer (D13.17)."""

    def nobody(home: str) -> Any:
        raise AssertionError(home)

    prices = AwsPriceList.near("us-gov-west-1", nobody)
    assert (prices.hosting("us-gov-west-1", [G5]), prices.storage("us-gov-west-1")) == ({}, None)
    assert (prices.refusal, prices.doubt("us-gov-west-1", G5)) == (NO_SERVICE, NO_SERVICE)

    def answer(*_: Any) -> Answer:
        raise EndpointConnectionError(endpoint_url="https://api.pricing.cn-northwest-1.amazonaws.com.cn")

    homes: list[str] = []

    def there(home: str) -> Any:
        homes.append(home)
        return client("pricing", answer)[0]

    prices = AwsPriceList.near("cn-north-1", there)
    assert prices.hosting("cn-north-1", [G5]) == {}
    assert (homes, prices.doubt("cn-north-1", G5)) == (["cn-northwest-1"], NO_SERVICE)


def test_the_price_of_volumes() -> None:
    """By the month and gigabyte, of the type that hosting uses (D8.5)."""
    volumes = {"unit": "GB-Mo", "volumeType": "General Purpose-Hosting"}
    prices, asked = price_list(product("USE1-Host:VolumeUsage.gp2", "0.1400000000", **volumes))
    assert prices.storage(REGION) == Decimal("0.14")
    assert filters(asked[0][1]) == {
        "volumeType": ("TERM_MATCH", "General Purpose-Hosting"),
        "regionCode": ("TERM_MATCH", REGION),
    }
    other = product("USE1-Notebk:VolumeUsage.gp2", "0.14", unit="GB-Mo", volumeType="General Purpose-Notebook")
    assert price_list(other)[0].storage(REGION) is None


def test_every_page_is_read() -> None:
    """A price may stand on the last one."""
    made, _ = client(
        "pricing", in_pages({"PriceList": [hosting(M5, "0.1")]}, {"PriceList": []}, {"PriceList": [hosting(G5, "1")]})
    )
    assert set(AwsPriceList(made).hosting(REGION, [G5, M5])) == {G5, M5}


def test_half_an_answer_is_none() -> None:
    """The missing page could hold a second price."""
    made, _ = client(
        "pricing", in_pages({"PriceList": [hosting(G5, "1")]}, Refusal("InternalErrorException", status=500))
    )
    assert AwsPriceList(made).hosting(REGION, [G5]) == {}


def test_after_a_refusal_nothing_is_asked_any_more() -> None:
    """Seventeen regions need not be refused one by one; why is kept for the report."""

    def answer(*_: Any) -> Answer:
        raise Refusal("AccessDeniedException", "not allowed")

    made, asked = client("pricing", answer)
    prices = AwsPriceList(made)
    assert [prices.hosting(REGION, [G5]), prices.hosting("eu-west-1", [G5]), prices.storage(REGION)] == [{}, {}, None]
    assert len(asked) == 1
    assert prices.refusal == "the price list could not be read: AccessDeniedException: not allowed"


def test_a_price_list_that_cannot_be_reached_answers_nothing() -> None:
    """A network without a way out is no failure of a sweep."""

    def answer(*_: Any) -> Answer:
        raise EndpointConnectionError(endpoint_url="https://api.pricing.us-east-1.amazonaws.com")

    prices = AwsPriceList(client("pricing", answer)[0])
    assert prices.hosting(REGION, [G5]) == {}
    assert prices.refusal == "the price list could not be read: EndpointConnectionError"


def test_a_token_that_leads_to_itself_answers_nothing() -> None:
    """Noticed, not followed."""
    made, asked = client("pricing", lambda *_: {"PriceList": [hosting(G5, "1")], "NextToken": "again"})
    assert AwsPriceList(made).hosting(REGION, [G5]) == {}
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("region", "home"),
    [
        ("us-west-2", "us-east-1"), ("ca-central-1", "us-east-1"), ("sa-east-1", "us-east-1"),
        ("eu-west-1", "eu-central-1"), ("me-south-1", "eu-central-1"), ("il-central-1", "eu-central-1"),
        ("ap-southeast-2", "ap-south-1"), ("cn-north-1", "cn-northwest-1"),
        ("us-gov-west-1", None), ("us-gov-east-1", None), ("us-isob-east-1", None), ("eu-isoe-west-1", None),
        ("eusc-de-east-1", None), ("ap-southeast-7", "ap-south-1"),
    ],
)  # fmt: skip
def test_where_the_price_list_is_asked(region: str, home: str | None) -> None:
    """Four regions have it, one of them for another partition (D6.1)."""
    assert home_of(region) == home
