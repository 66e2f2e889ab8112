"""The simulated member accounts as the gateway serves them: moto's application, the wires, the controls."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from moto.sagemaker.models import sagemaker_backends

from tests.simulation.hub_aws.patches import statements
from tests.simulation.member_aws.server import create_wsgi_app
from tests.simulation.organization.specification import Organization
from tests.simulation.wire.calls import Call, CallLog, Wire

_REFUSALS = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"})


class _HubLog(CallLog):
    """The same log for calls that MiniStack judged. Only the error code shows a refusal."""

    def __init__(self, log: CallLog) -> None:
        super().__init__()
        self._log = log

    def append(self, call: Call) -> None:
        self._log.append(replace(call, decision="refused") if call.error in _REFUSALS else call)


class ServedWorld:
    """One world behind two wires with one log and one set of faults: member calls, and those of the hub's services."""

    def __init__(self, scenario: str, organization: Organization, call_log: Path) -> None:
        self.scenario = scenario
        self.organization = organization
        self.wsgi_app = create_wsgi_app(organization, wired=False, log_path=call_log)
        self.world = self.wsgi_app.world
        self.members = self.world.wire
        self.hub = Wire(log=_HubLog(self.world.log), faults=self.world.faults)
        self.log = self.world.log

    def note_invocation(self, caller: str, function: str, decision: str, status: int) -> None:
        """Notes an invocation by a state machine, which happens inside MiniStack and on no wire."""
        _, _, _, region, account, _ = function.split(":", 5)
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.log.append(Call(at, caller, account, region, "lambda", "Invoke", function, decision, status))

    def tags(self, arn: str) -> dict[str, str]:
        """The current tags of a SageMaker resource in its member account. None for `*` or a missing resource."""
        if arn.count(":") < 5:
            return {}
        _, _, _, region, account, resource = arn.split(":", 5)
        kind, _, name = resource.partition("/")
        backend = sagemaker_backends[account][region]
        known = {"endpoint": backend.endpoints, "endpoint-config": backend.endpoint_configs, "model": backend._models}
        found = known.get(kind, {}).get(name)
        return {tag["Key"]: tag["Value"] for tag in found.tags} if found else {}

    def answer(self, method: str, action: str, arguments: dict[str, Any]) -> Any:
        """GET looks, POST changes."""
        match method, action:
            case "GET", "health":
                return {"status": "ok", "scenario": self.scenario}
            case "GET", ("snapshot" | "endpoints"):
                return self.world.control(action)
            case "GET", "decisive":
                return statements.decisive()
            case "POST", _:
                return self.world.control(action, **arguments)
            case _:
                raise LookupError(f"{method} {action} is not a control")
