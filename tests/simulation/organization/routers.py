"""Inference routers as data (D13.1): where each lies, and which endpoints and inference components it uses.

Pure: nothing here knows about moto, AWS or the product.
"""

from dataclasses import dataclass

from tests.simulation.organization.endpoints import ENDPOINT_NAME, EndpointSpec


@dataclass(frozen=True, slots=True)
class Destination:
    """An endpoint, or an inference component of one, in any account and region."""

    account: str
    region: str
    name: str
    is_component: bool = False

    @property
    def arn(self) -> str:
        kind = "inference-component" if self.is_component else "endpoint"
        return f"arn:aws:sagemaker:{self.region}:{self.account}:{kind}/{self.name}"

    def is_on(self, spec: EndpointSpec) -> bool:
        if (self.account, self.region) != (spec.account, spec.region):
            return False
        return self.name in {part.name for part in spec.components} if self.is_component else self.name == spec.name


@dataclass(frozen=True, slots=True)
class RouterSpec:
    """`targets`: the destinations of each routing target, the preferred one first."""

    account: str
    region: str
    name: str
    targets: tuple[tuple[Destination, ...], ...]
    status: str = "InService"

    @property
    def destinations(self) -> tuple[Destination, ...]:
        return tuple(one for target in self.targets for one in target)

    def contradiction(self) -> str:
        return "" if ENDPOINT_NAME.fullmatch(self.name) and all(self.targets) and self.targets else "name or targets"
