"""The models that an endpoint is made of, by name: what a restore bundle holds, and what a restore needs."""

from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError

from endpoint_sweep.aws.faults import code_of, translated
from endpoint_sweep.errors import CellDenied, CellFailed

Document = dict[str, Any]


def names_of(config: Document, components: Iterable[Document] = ()) -> list[str]:
    """All models that the variants, their instance pools and the components use."""
    variants = [*config.get("ProductionVariants", []), *config.get("ShadowProductionVariants", [])]
    names = [row.get("ModelName") for row in variants]
    names += [pool.get("ModelNameOverride") for row in variants for pool in row.get("InstancePools", [])]
    for one in components:
        names += [row.get("ModelName") for row in (one.get("Specification") or {}, *one.get("Specifications", []))]
    return sorted({name for name in names if name})


def restorable(client: Any, config: Document, known: dict[str, bool]) -> str:
    """ "yes", or why an endpoint of this configuration could not be made again, as far as the scan role sees (D3.17).

    Each model is asked for once a cell, and `known` keeps the answer. Its image and its data are not looked at.
    """
    if not config:
        return "no: its configuration was deleted"
    names = names_of(config)
    if not names:
        return "not known: the models of its inference components are not looked at"
    try:
        for name in names:
            if name not in known:
                known[name] = _is_there(client, name)
    except (CellDenied, CellFailed) as error:
        return f"not known: {error}"
    gone = [name for name in names if not known[name]]
    return f"no: its model {gone[0]} was deleted" if gone else "yes"


def _is_there(client: Any, name: str) -> bool:
    with translated(f"looking for model {name}"):
        try:
            client.describe_model(ModelName=name)
        except ClientError as error:
            if code_of(error) == "ValidationException":
                return False
            raise
    return True
