"""Whether the models of an endpoint are there: one listing a cell, and never "yes" without having seen them (D3.17)."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from endpoint_sweep.aws.endpoint.sagemaker_models import Models
from endpoint_sweep.domain.restorable import YES, Restorable, RestoreAnswer


class Account:
    """SageMaker with these models, a hundred to a page."""

    def __init__(self, *names: str, wrong: str = "") -> None:
        self._names, self._wrong = names, wrong
        self.asked: list[str] = []

    def get_paginator(self, _: str) -> "Account":
        return self

    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
        for start in range(0, max(1, len(self._names)), 100):
            self.asked.append("list")
            if self._wrong:
                raise ClientError({"Error": {"Code": self._wrong, "Message": "no"}}, "ListModels")
            rows = [{"ModelName": name} for name in self._names[start : start + 100]]
            more = {"NextToken": str(start)} if start + 100 < len(self._names) else {}
            yield {"Models": rows} | more

    def describe_model(self, ModelName: str) -> dict[str, Any]:  # noqa: N803 - as boto3 names it
        self.asked.append(ModelName)
        if ModelName not in self._names:
            raise ClientError({"Error": {"Code": "ValidationException", "Message": "Could not find"}}, "DescribeModel")
        return {}


def models_of(account: Any) -> Models:
    """The account takes the place of a client."""
    return Models(account)


def config(*models: str) -> dict[str, Any]:
    return {"ProductionVariants": [{"ModelName": name} for name in models]}


def test_one_listing_serves_the_whole_cell() -> None:
    """What is not on a complete listing is gone, without another call."""
    account = Account("a", "b")
    models = models_of(account)
    assert models.restorable(config("a", "b")) == YES
    assert models.restorable(config("a", "c")) == Restorable.no("its model c was deleted")
    assert account.asked == ["list"]


def test_beyond_the_first_pages_a_model_is_looked_at_by_name() -> None:
    """Once each; an account with thousands of models costs three pages."""
    account = Account(*(f"m{number:04}" for number in range(1000)))
    models = models_of(account)
    for _ in range(2):
        assert models.restorable(config("m0007")) == models.restorable(config("m0999")) == YES
        assert models.restorable(config("gone")) == Restorable.no("its model gone was deleted")
    assert account.asked == ["list", "list", "list", "m0999", "gone"]


@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException"])
def test_what_may_not_be_listed_is_not_known(code: str) -> None:
    """And is asked for again: an error is no answer."""
    models = models_of(Account("a", wrong=code))
    assert models.restorable(config("a")).answer is RestoreAnswer.UNKNOWN
    assert models.restorable(config("a")).answer is RestoreAnswer.UNKNOWN


def test_without_a_configuration_it_cannot_be_made() -> None:
    """Nor is anything said of models that a scan does not see."""
    models = models_of(Account())
    assert models.restorable({}) == Restorable.no("its configuration was deleted")
    assert models.restorable(config()).answer is RestoreAnswer.UNKNOWN
