"""Making a moment last: calls that wait at the wire, and the time in which a decision can be taken back."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.deploy.deployed import Deployed, until


class Gate:
    """Calls of one kind that wait at the wire as long as it is shut."""

    def __init__(self, deployed: Deployed, operation: str) -> None:
        self._aws, self._operation = deployed.aws, operation
        self._number = 0

    def shut(self) -> None:
        self._number = self._aws.control("hold", service="sagemaker", operation=self._operation)

    def until_one_waits(self) -> None:
        until(lambda: self._aws.control("held", number=self._number) or None, f"{self._operation} to be sent", 60)

    def open(self) -> None:
        self._aws.control("release", number=self._number)


@contextmanager
def held(deployed: Deployed, operation: str) -> Iterator[Gate]:
    """A gate for this call of the member accounts, open at first."""
    yield Gate(deployed, operation)
    deployed.aws.control("clear_faults")


@contextmanager
def grace(deployed: Deployed, minutes: int) -> Iterator[None]:
    """As with the parameter GraceMinutes, in every function that reads it."""
    functions = deployed.aws.client("lambda")

    def change(value: str) -> None:
        for one in functions.get_paginator("list_functions").paginate().search("Functions[]"):
            variables = one.get("Environment", {}).get("Variables", {})
            if "GRACE_MINUTES" in variables:
                told = {"Variables": variables | {"GRACE_MINUTES": value}}
                functions.update_function_configuration(FunctionName=one["FunctionName"], Environment=told)

    change(str(minutes))
    yield
    change("0")
