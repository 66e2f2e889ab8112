"""The price table is made from an offer file of the Price List, by a command."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from endpoint_sweep.aws.price_list import CONTRADICTION
from endpoint_sweep.rules.pricing import STORAGE, Price, PriceBook
from scripts.prices import SOURCE, TABLE, main, table

G5, M5, C5 = "ml.g5.xlarge", "ml.m5.large", "ml.c5.large"
DAY = "2026-11-15"


def product(sku: str, usage: str, region: str, **attributes: str) -> dict[str, Any]:
    known = {"servicecode": "AmazonSageMaker", "regionCode": region, "usagetype": usage, "component": "Hosting"}
    return {sku: {"sku": sku, "productFamily": "ML Instance", "attributes": known | attributes}}


def term(sku: str, amount: str, unit: str = "Hrs", currency: str = "USD") -> dict[str, Any]:
    rate = f"{sku}.JRTCKXETXF.6YS6EN2CT7"
    dimension = {
        "rateCode": rate,
        "unit": unit,
        "beginRange": "0",
        "endRange": "Inf",
        "pricePerUnit": {currency: amount},
    }
    return {sku: {f"{sku}.JRTCKXETXF": {"sku": sku, "priceDimensions": {rate: dimension}}}}


def offer(**changes: Any) -> dict[str, Any]:
    """A small offer file (D8.6): hosting in two regions beside what is not hosting, and two prices of one type."""
    products = {
        **product("A1", f"USE1-Host:{G5}", "us-east-1", instanceName=G5),
        **product("A2", f"USE1-Train:{G5}", "us-east-1", component="Training"),
        **product("A3", f"USE1-Host:{M5}", "us-east-1"),
        **product("A4", f"USE1-Host:{M5}", "us-east-1"),
        **product("A5", "USE1-Host:VolumeUsage.gp2", "us-east-1", volumeType="General Purpose-Hosting"),
        **product("A6", f"EUC1-Host:{C5}", "eu-central-1"),
        **product("A7", f"CNN1-Host:{C5}", "cn-north-1"),
        **product("A8", f"USE1-Host:{C5}", "us-east-1"),
        **product("A9", "USE1-ServerlessInf:Mem-4GB", "us-east-1"),
        **product("B1", "USE1-ProvisionedConcurrency:Mem-4GB", "us-east-1"),
        **product("B2", "USE1-ProvisionedConcurrency:Usage-4GB", "us-east-1"),
    }
    terms = {
        **term("A1", "1.4080000000"), **term("A2", "9.0"), **term("A3", "0.115"), **term("A4", "0.116"),
        **term("A5", "0.14", unit="GB-Mo"), **term("A6", "0.117"), **term("A7", "0.9", currency="CNY"),
        **term("A9", "0.00008", unit="Second"), **term("B1", "0.0000200000", unit="Seconds"),
        **term("B2", "0.00006", unit="Seconds"),
    }  # fmt: skip
    made = {
        "formatVersion": "v1.0", "offerCode": "AmazonSageMaker", "version": "20261115000000",
        "publicationDate": f"{DAY}T17:02:11Z", "products": products, "terms": {"OnDemand": terms, "Reserved": {}},
    }  # fmt: skip
    return made | changes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A table that knows a region that the offer lacks, and a type in us-east-1 that the offer no longer has."""
    known = {
        ("ap-south-1", G5): Price(Decimal("1.70"), "an older list", "2026-01-01"),
        ("us-east-1", "ml.p2.xlarge"): Price(Decimal("1.30"), "an older list", "2026-01-01"),
    }
    made = tmp_path / "prices.csv"
    made.write_text(table(known))
    return made


def written(tmp_path: Path, document: Any, name: str = "index.json") -> str:
    file = tmp_path / name
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return str(file)


def test_an_offer_file_becomes_dated_rows(tmp_path: Path, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Hosting and what is kept ready, in dollars alone; contradictions and yuan are named and left out (D13.17)."""
    assert main([written(tmp_path, offer())], path) == 0
    assert PriceBook.from_table(path.read_text()).listed == {
        ("ap-south-1", G5): Price(Decimal("1.70"), "an older list", "2026-01-01"),
        ("eu-central-1", C5): Price(Decimal("0.117"), SOURCE, DAY),
        ("us-east-1", G5): Price(Decimal("1.408"), SOURCE, DAY),
        ("us-east-1", "provisioned-concurrency-4gb"): Price(Decimal("0.00002"), SOURCE, DAY),
        ("us-east-1", STORAGE): Price(Decimal("0.14"), SOURCE, DAY),
    }
    said = capsys.readouterr().out
    assert "4 prices in 2 regions" in said
    assert f"not known: {M5} in us-east-1: {CONTRADICTION}" in said
    assert f"not known: {C5} in cn-north-1: its list price is in CNY" in said


def test_the_same_file_gives_the_same_table(tmp_path: Path, path: Path) -> None:
    """And several files are read one after the other."""
    name = written(tmp_path, offer())
    assert main([name], path) == 0
    once = path.read_text()
    assert main([name, name], path) == 0
    assert path.read_text() == once


@pytest.mark.parametrize(
    "document",
    [
        "", "[]", "{}", "not JSON", offer(offerCode="AmazonEC2"), offer(products=[]), offer(terms={}),
        offer(products={}),
        offer(publicationDate="yesterday"), offer(publicationDate=None),
    ],
)  # fmt: skip
def test_what_is_no_offer_file_changes_nothing(
    tmp_path: Path, path: Path, document: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another service's offer would make rows of nothing; half a table is not written."""
    before = path.read_text()
    good = written(tmp_path, offer(), "good.json")
    assert main([good, written(tmp_path, document)], path) == 2
    assert "index.json: " in capsys.readouterr().err
    assert path.read_text() == before
    assert main([], path) == 2
    assert main([str(tmp_path / "missing.json")], path) == 2


def test_the_shipped_table_has_the_commands_form() -> None:
    """Whoever edits it by hand is noticed."""
    text = TABLE.read_text(encoding="utf-8")
    known = PriceBook.from_table(text).listed
    assert table(known) == text
    assert all(date.fromisoformat(price.as_of) for price in known.values())
