"""`make prices FILE=index.json`: writes the dated price table from the Price List's own offer file (D8.6).

The file is public: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonSageMaker/current/index.json holds all
regions, and .../current/<region>/index.json one. Regions that the given files lack keep the rows that they have.
"""

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from endpoint_sweep.aws.price_list import prices_in
from endpoint_sweep.rules.pricing import Key, Price, PriceBook

TABLE = Path(__file__).resolve().parent.parent / "layers/core/endpoint_sweep/prices.csv"
OFFER = "AmazonSageMaker"
SOURCE = f"AWS Price List offer file {OFFER}"
HEADER = """\
# List prices of SageMaker real-time hosting on demand, in US dollars per instance-hour; in rows of the type
# `storage`, US dollars per GB-month of an instance's volume; in rows of the types `provisioned-concurrency-4gb`, US
# dollars per second of one concurrent call that a serverless endpoint with this memory keeps ready. A fallback where
# the Price List API has no answer: an estimate, not a bill. Every row names its source and date; what is missing is
# unknown. `make prices` writes it.
"""


class NotAnOffer(ValueError):
    """The file is something else."""


def read(offer: Any) -> tuple[dict[Key, Price], dict[Key, str]]:
    """The prices of an offer file, and why others have none. Raises NotAnOffer."""
    try:
        if offer["offerCode"] != OFFER:
            raise NotAnOffer(f"it is the offer {offer['offerCode']}, not {OFFER}")
        as_of = datetime.fromisoformat(offer["publicationDate"]).date().isoformat()
        found, doubts = prices_in(_products(offer["products"], offer["terms"]["OnDemand"]))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise error if isinstance(error, NotAnOffer) else NotAnOffer(f"it is no offer file: {error!r}") from error
    if not found:
        raise NotAnOffer("it has no price of hosting in US dollars")
    return {key: Price(usd, SOURCE, as_of) for key, usd in found.items()}, doubts


def _products(products: Mapping[str, Any], terms: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Each product with its terms, as the Price List API returns it."""
    for sku, product in products.items():
        yield {"product": product, "terms": {"OnDemand": terms.get(sku, {})}}


def merged(known: Mapping[Key, Price], read: Mapping[Key, Price]) -> dict[Key, Price]:
    """A region that was read is replaced as a whole: what the price list no longer has is unknown."""
    regions = {region for region, _ in read}
    return {key: price for key, price in known.items() if key[0] not in regions} | dict(read)


def table(prices: Mapping[Key, Price]) -> str:
    """The whole file, in a fixed order."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("region", "type", "usd", "source", "as_of"))
    for (region, what), price in sorted(prices.items()):
        writer.writerow((region, what, _plain(price.usd), price.source, price.as_of))
    return HEADER + out.getvalue()


def _plain(usd: Decimal) -> str:
    return f"{usd:f}"


def main(names: Iterable[str], path: Path = TABLE) -> int:
    """0; 2 if a file is not an offer file: then nothing is written."""
    files = [Path(name) for name in names]
    if not files:
        print("usage: python -m scripts.prices FILE...", file=sys.stderr)
        return 2
    prices = PriceBook.from_table(path.read_text(encoding="utf-8")).listed
    for file in files:
        try:
            found, doubts = read(json.loads(file.read_text(encoding="utf-8")))
        except (OSError, NotAnOffer, ValueError) as error:
            print(f"{file}: {error}", file=sys.stderr)
            return 2
        prices = merged(prices, found)
        print(f"{file}: {len(found)} prices in {len({region for region, _ in found})} regions")
        for (region, what), why in sorted(doubts.items()):
            print(f"  not known: {what} in {region}: {why}")
    path.write_text(table(prices), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
