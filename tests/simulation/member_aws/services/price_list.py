"""A price list as AWS would publish it: list prices of SageMaker in a few regions, several products per type.

The figures are those of public tables, us-east-1, US dollars per hour (D8.12); the other regions are multiples of it,
good enough to tell regions apart. `ml.p4d.24xlarge` is left out on purpose: a type that no list knows must be seen.
"""

import json
from collections.abc import Iterator
from typing import Any

_HOSTING = """
    ml.t2.medium=0.056 ml.m5.large=0.115 ml.m5.xlarge=0.23 ml.m5.2xlarge=0.461 ml.m5.4xlarge=0.922
    ml.m5.12xlarge=2.765 ml.m5.24xlarge=5.53 ml.c5.large=0.102 ml.c5.xlarge=0.204
    ml.c5.2xlarge=0.408 ml.c5.4xlarge=0.816 ml.c5.9xlarge=1.836 ml.c5.18xlarge=3.672
    ml.c7i.xlarge=0.214 ml.r5.large=0.151 ml.g4dn.xlarge=0.7364 ml.g4dn.2xlarge=0.94
    ml.g4dn.4xlarge=1.505 ml.g4dn.8xlarge=2.72 ml.g4dn.12xlarge=4.89 ml.g5.xlarge=1.4084
    ml.g5.2xlarge=1.515 ml.g5.4xlarge=2.03 ml.g5.8xlarge=3.06 ml.g5.12xlarge=7.09
    ml.g5.24xlarge=10.18 ml.g5.48xlarge=20.36 ml.g6.xlarge=1.1267 ml.g6.2xlarge=1.222
    ml.g6.4xlarge=1.654 ml.g6.12xlarge=5.752 ml.g6e.2xlarge=2.8026 ml.g6e.12xlarge=13.12
    ml.p3.2xlarge=3.825 ml.inf2.xlarge=0.99 ml.inf2.8xlarge=2.36 ml.inf2.24xlarge=7.79
"""
HOSTING = {name: usd for name, _, usd in (pair.partition("=") for pair in _HOSTING.split())}
NOT_ASYNCHRONOUS = frozenset({"ml.g4dn.xlarge", "ml.t2.medium"})  # No AsyncInf product of their own (D8.3).
# Region code -> prefix of its usage types, name in the price list, multiple of us-east-1.
REGIONS = {
    "us-east-1": ("USE1", "US East (N. Virginia)", 1.0),
    "us-east-2": ("USE2", "US East (Ohio)", 1.0),
    "us-west-2": ("USW2", "US West (Oregon)", 1.0),
    "eu-west-1": ("EU", "EU (Ireland)", 1.11),
    "eu-central-1": ("EUC1", "EU (Frankfurt)", 1.15),
    "ap-south-1": ("APS3", "Asia Pacific (Mumbai)", 1.19),
}
VOLUME_GB_MONTH = "0.14"  # us-east-1, D8.5
# component -> (usage type, multiple of hosting): without the right one there are several products per type (D8.2).
COMPONENTS = {
    "Hosting": ("Host", 1.0),
    "AsyncInf": ("AsyncInf", 1.0),
    "Training": ("Train", 1.0),
    "Processing": ("Processing", 1.0),
    "Notebook": ("Notebk", 1.0),
    "Studio-Notebook": ("Studio:KernelGateway", 1.0),
    "BatchTransform": ("Tsform", 1.0),
}


def products(odd_prices: dict[str, str]) -> Iterator[tuple[dict[str, str], str]]:
    """(attributes, the product as the JSON string that it is in PriceList). `odd_prices` replaces those of a type."""
    for region, (prefix, location, factor) in REGIONS.items():
        place = {"regionCode": region, "location": location, "locationType": "AWS Region"}
        for name, price in HOSTING.items():
            for component, (usage, multiple) in COMPONENTS.items():
                if component == "AsyncInf" and name in NOT_ASYNCHRONOUS:
                    continue
                attributes = place | {
                    "servicecode": "AmazonSageMaker",
                    "servicename": "Amazon SageMaker",
                    "component": component,
                    "instanceName": name,
                    "instanceType": f"{name}-{component}",  # Not the plain type: a filter on it finds nothing (D8.2).
                    "operation": "RunInstance",
                    "usagetype": f"{prefix}-{usage}:{name}",
                }
                usd = odd_prices.get(name) or f"{float(price) * factor * multiple:.10f}"
                yield attributes, _product("ML Instance", attributes, "Hrs", usd)
        volume = place | {
            "servicecode": "AmazonSageMaker",
            "servicename": "Amazon SageMaker",
            "volumeType": "General Purpose-Hosting",
            "usagetype": f"{prefix}-Host:VolumeUsage.gp2",
        }
        yield volume, _product("ML Storage", volume, "GB-Mo", f"{float(VOLUME_GB_MONTH) * factor:.10f}")


def _product(family: str, attributes: dict[str, str], unit: str, usd: str) -> str:
    sku = f"SIM{abs(hash_of(attributes['usagetype'])):013d}"[:16]
    term, rate = f"{sku}.JRTCKXETXF", f"{sku}.JRTCKXETXF.6YS6EN2CT7"
    dimension: dict[str, Any] = {
        "unit": unit,
        "endRange": "Inf",
        "beginRange": "0",
        "description": f"${usd} per {unit} for {attributes['usagetype']}",
        "appliesTo": [],
        "rateCode": rate,
        "pricePerUnit": {"USD": usd},
    }
    offer = {
        "priceDimensions": {rate: dimension},
        "sku": sku,
        "effectiveDate": "2026-11-01T00:00:00Z",
        "offerTermCode": "JRTCKXETXF",
        "termAttributes": {},
    }
    product = {"productFamily": family, "attributes": attributes, "sku": sku}
    whole = {"product": product, "serviceCode": "AmazonSageMaker", "terms": {"OnDemand": {term: offer}}}
    return json.dumps(whole | {"version": "20261115000000", "publicationDate": "2026-11-15T00:00:00Z"})


def hash_of(text: str) -> int:
    """The same in every process, unlike Python's own."""
    value = 7
    for letter in text:
        value = (value * 31 + ord(letter)) % 10**13
    return value
