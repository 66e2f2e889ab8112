"""The models that an endpoint is made of, by name: what a restore bundle holds, and what a restore needs."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import jmespath
from botocore.exceptions import ClientError

from endpoint_sweep.aws.error_translation import code_of, translated
from endpoint_sweep.aws.paging import to_the_end
from endpoint_sweep.domain.errors import CellDenied, CellFailed
from endpoint_sweep.domain.restorable import YES, Restorable

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

Document = Mapping[str, Any]
_PAGES = 3
_OF_CONFIG = jmespath.compile(
    "[ProductionVariants, ShadowProductionVariants][].[ModelName, InstancePools[].ModelNameOverride][][]"
)
_OF_COMPONENT = jmespath.compile("[Specification.ModelName, Specifications[].ModelName][]")


def names_of(config: Document, components: Iterable[Document] = ()) -> list[str]:
    """All models that the variants, their instance pools and the components use."""
    names = _OF_CONFIG.search(config) + [name for one in components for name in _OF_COMPONENT.search(one)]
    return sorted({name for name in names if name})


class Models:
    """Which models of a cell are there: listed when it is first asked, a hundred per call.

    Where there are more than the first pages hold, one that is not on them is described by name.
    """

    def __init__(self, client: "SageMakerClient") -> None:
        self._client = client
        self._there: dict[str, bool] = {}
        self._is_listed = self._is_whole = False

    def restorable(self, config: Document) -> Restorable:
        """Whether an endpoint of this configuration could be re-created, as far as the scan role can see (D3.17).
        Images and model data are not checked.
        """
        if not config:
            return Restorable.no("its configuration was deleted")
        names = names_of(config)
        if not names:
            return Restorable.unknown("the models of its inference components are not checked")
        try:
            gone = [name for name in names if not self._has(name)]
        except (CellDenied, CellFailed) as error:
            return Restorable.unknown(str(error))
        return Restorable.no(f"its model {gone[0]} was deleted") if gone else YES

    def _has(self, name: str) -> bool:
        if not self._is_listed:
            self._list()
        if name not in self._there:
            self._there[name] = not self._is_whole and self._is_there(name)
        return self._there[name]

    def _list(self) -> None:
        with translated("listing models"):
            pages = self._client.get_paginator("list_models").paginate(PaginationConfig={"PageSize": 100})
            for number, page in enumerate(to_the_end(pages), 1):
                self._there |= {row["ModelName"]: True for row in page["Models"]}
                self._is_whole = not page.get("NextToken")
                if number == _PAGES:
                    break
        self._is_listed = True

    def _is_there(self, name: str) -> bool:
        with translated(f"looking for model {name}"):
            try:
                self._client.describe_model(ModelName=name)
            except ClientError as error:
                if code_of(error) == "ValidationException":
                    return False
                raise
        return True
