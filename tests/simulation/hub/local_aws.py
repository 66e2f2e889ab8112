"""The whole application, deployed on this machine: gateway, member roles, `sam build`, `sam deploy`.

with LocalAws(data, scenario="small", progress=print) as aws:
    aws.deploy(ApproverAddresses="ada@example.com")
    aws.client("stepfunctions").start_execution(...)
"""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
from botocore.config import Config

from tests.simulation.hub.local_stacks import (
    ARTIFACTS,
    ROOT,
    STACK,
    LocalAwsError,
    Sam,
    create_stack,
    first_failure,
    last_line,
    parameter_names,
)
from tests.simulation.organization import scenarios
from tests.simulation.organization.specification import LOOKBACK_DAYS
from tests.simulation.wire import watching
from tests.simulation.wire.calls import Call, CallLog

__all__ = ["STACK", "LocalAws", "LocalAwsError", "Mail"]
SENDER = "endpoint-sweep@finops.example.com"
MEMBER_STACK, COST_STACK = "endpoint-sweep-member", "endpoint-sweep-costs"
HUB_TEMPLATE, MEMBER_TEMPLATE = ROOT / "template.yaml", ROOT / "member-roles.yaml"
COST_TEMPLATE = ROOT / "cost-role.yaml"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail in the simulated outbox."""

    to: tuple[str, ...]
    sender: str
    subject: str
    text: str
    html: str


def _silent(phase: str) -> None:
    del phase


class LocalAws:
    """One running gateway with its files in `data`. `progress` is called with each phase as it starts."""

    def __init__(
        self,
        data: Path,
        *,
        scenario: str = "default",
        port: int | None = None,
        progress: Callable[[str], None] = _silent,
    ) -> None:
        self.organization = scenarios.build(scenario)
        self.scenario = scenario
        self.data = data.resolve()
        self.port = port or _free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.call_log = self.data / "calls.jsonl"
        self.gateway_log = self.data / "gateway.log"
        self.sam = Sam(self.endpoint, self.organization.hub_account, self.organization.hub_region, self.data)
        self._progress = progress
        self._gateway: subprocess.Popen[bytes] | None = None
        self._answers = False
        self._threads = ThreadPoolExecutor(thread_name_prefix="local-aws")
        self._building: Future[Path] | None = None
        self._session = boto3.Session()
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._accounts_with_roles: set[str] = set()
        self._accounts_with_cost_role: set[str] = set()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> Self:
        """Start the gateway and wait until it answers; at most three minutes, which only a failure takes."""
        self._progress("Starting the simulated Organization")
        self.data.mkdir(parents=True, exist_ok=True)
        self.call_log.unlink(missing_ok=True)
        command = [sys.executable, "-m", "tests.simulation.hub_aws", "--port", str(self.port), "--stop-with-stdin"]
        command += ["--scenario", self.scenario, "--call-log", str(self.call_log), "--data", str(self.data)]
        if watching.watcher:
            watching.watcher.opened()
            command += ["--heard", str(watching.watcher.heard(self.data))]
        with self.gateway_log.open("wb") as log:
            self._gateway = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=log, stderr=log)
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            if self._gateway.poll() is not None:
                self.stop()
                raise LocalAwsError(last_line(self.gateway_log) or "the gateway ended at once")
            try:  # another process on the port may never answer, so wait until the gateway itself says so
                with urllib.request.urlopen(f"{self.endpoint}/_simulation/health", timeout=1) as answer:
                    answer.read()
                self._answers = True
                return self
            except OSError:
                time.sleep(0.05)
        self.stop()
        raise LocalAwsError(f"the gateway did not answer within three minutes; its log is {self.gateway_log}")

    @property
    def pid(self) -> int | None:
        """The gateway's process id while it runs."""
        return self._gateway.pid if self._gateway else None

    def stop(self) -> None:
        """Stop the gateway and, with it, every function process."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        if self._gateway is None:
            return
        try:
            if watching.watcher and self._answers and self._gateway.poll() is None:
                watching.watcher.ending(self)
        finally:
            self._end(self._gateway)
            self._gateway, self._answers = None, False

    @staticmethod
    def _end(gateway: "subprocess.Popen[bytes]") -> None:
        if gateway.stdin:
            gateway.stdin.close()
        gateway.terminate()
        try:
            gateway.wait(timeout=10)
        except subprocess.TimeoutExpired:
            gateway.kill()
            gateway.wait()

    def build(self, template: Path = HUB_TEMPLATE) -> None:
        """Begin `sam build` in the background, even before `start`; `deploy` waits for it."""
        self._progress("Building functions and layer")
        self.data.mkdir(parents=True, exist_ok=True)
        self._building = self._threads.submit(self.sam.build, template)

    def deploy(self, template: Path = HUB_TEMPLATE, **parameters: str) -> dict[str, str]:
        """Deploys the hub stack from `template` as it is and the member roles. Returns its outputs. Again: an update.

        It fills in the parameters that every local deployment needs, if the template has them.
        """
        known = parameter_names(template)
        if unknown := sorted(set(parameters) - known):
            raise LocalAwsError(f"{template.name} has no parameter {', '.join(unknown)}")
        if self._building is None:
            self.build(template)
        assert self._building is not None
        if not self._accounts_with_roles:
            self.client("sesv2").create_email_identity(EmailIdentity=SENDER)
            self.client("s3").create_bucket(Bucket=ARTIFACTS)
        self.create_member_roles()
        self.create_cost_role()
        built = self._building.result()
        self._building = None
        local = {
            "OrganizationId": self.organization.id,
            "ExternalId": self.organization.external_id,
            "Regions": ",".join(self.organization.regions),
            "Sender": SENDER,
            "ReviewBaseUrl": self.page_url(),
            "CostRoleArn": self.organization.cost_role,
            "LookbackDays": LOOKBACK_DAYS,
        }
        self._progress("Deploying the hub stack")
        try:
            self.sam.deploy(built, {name: value for name, value in local.items() if name in known} | parameters)
        except LocalAwsError as error:
            reason = first_failure(self.client("cloudformation"), STACK)
            raise LocalAwsError(f"sam deploy failed: {reason}" if reason else str(error)) from error
        return self.outputs()

    def allow_deletions(self) -> None:
        """What a person runs once after the first deployment."""
        name = self.outputs()["KillSwitchName"]
        self.client("ssm").put_parameter(Name=name, Value="off", Type="String", Overwrite=True)

    def create_member_roles(self, template: Path = MEMBER_TEMPLATE) -> None:
        """Creates a stack of the real member template in each active account that has a scan role and no stack yet."""
        if not template.is_file():
            raise LocalAwsError(f"there is no {template.name} for the member accounts")
        accounts = [one for one in self.organization.accounts if one.has_scan_role and one.state == "ACTIVE"]
        accounts = [one for one in accounts if one.id not in self._accounts_with_roles]
        if not accounts:
            return
        self._progress(f"Creating the roles in {len(accounts)} member accounts")
        body = template.read_text(encoding="utf-8")
        for account in accounts:
            parameters = self._trust() | {"AllowDelete": "true" if account.has_act_role else "false"}
            create_stack(self.client("cloudformation", account=account.id), MEMBER_STACK, body, parameters)
            self._accounts_with_roles.add(account.id)

    def create_cost_role(self) -> None:
        """Creates a stack of the real template of the cost role in the account that pays, once."""
        payers = [one.id for one in self.organization.accounts if one.has_cost_role]
        for account in set(payers) - self._accounts_with_cost_role:
            body = COST_TEMPLATE.read_text(encoding="utf-8")
            create_stack(self.client("cloudformation", account=account), COST_STACK, body, self._trust())
            self._accounts_with_cost_role.add(account)

    def _trust(self) -> dict[str, str]:
        """Whom the roles of the other accounts trust."""
        return {
            "HubAccountId": self.organization.hub_account,
            "HubStackName": STACK,
            "OrganizationId": self.organization.id,
            "ExternalId": self.organization.external_id,
        }

    def outputs(self) -> dict[str, str]:
        """The outputs of the hub stack."""
        stack = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

    def client(self, service: str, *, account: str = "", region: str = "") -> Any:
        """A boto3 client with root rights in an account, by default the hub, for looking and setting up."""
        key = (service, account or self.organization.hub_account, region or self.organization.hub_region)
        if key not in self._clients:
            # MiniStack does not check the secret of an account's own 12-digit key.
            self._clients[key] = self._session.client(  # type: ignore[call-overload]
                service,
                aws_access_key_id=key[1],
                aws_secret_access_key="test",
                region_name=key[2],
                endpoint_url=self.endpoint,
                config=Config(retries={"total_max_attempts": 1}, inject_host_prefix=False),
            )
        return self._clients[key]

    def page_url(self, path: str = "") -> str:
        """The public address of the review page: the parameter ReviewBaseUrl and paths below it."""
        return f"{self.endpoint}/review{path}"

    def mails(self) -> list[Mail]:
        """All mail sent so far, oldest first."""
        with urllib.request.urlopen(f"{self.endpoint}/_ministack/ses/messages", timeout=30) as answer:
            messages = json.load(answer)["messages"]
        return [
            Mail(
                to=tuple(message["To"]),
                sender=message["Source"],
                subject=message["Subject"],
                text=message["BodyText"] or "",
                html=message["BodyHtml"] or "",
            )
            for message in messages.get(self.organization.hub_account, [])
        ]

    def calls(self, **patterns: str) -> list[Call]:
        """The call log so far; `calls(service="sagemaker", operation="Delete*")` filters with shell patterns."""
        log = CallLog()
        for call in CallLog.read(self.call_log) if self.call_log.exists() else ():
            log.append(call)
        return log.find(**patterns)

    def snapshot(self) -> dict[str, Any]:
        """The whole member world as plain data, for comparing before and after."""
        snapshot: dict[str, Any] = self.control("snapshot")
        return snapshot

    def control(self, action: str, **arguments: Any) -> Any:
        """Ask or change the member world, for example `control("invoke", account=..., region=..., endpoint=...)`."""
        body = None if action in ("health", "snapshot", "endpoints", "decisive") else json.dumps(arguments).encode()
        try:
            with urllib.request.urlopen(f"{self.endpoint}/_simulation/{action}", data=body, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise LocalAwsError(f"{action}: {json.load(error)['error']}") from error


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
