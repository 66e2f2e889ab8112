"""The review function alone, in this process: its real handler on moto's bucket, table, keys and mail.

    with ReviewSite.open() as site:
        site.get(put_on_offer().path)

No sweep runs. `Sweeps` stands for whoever waits for the decision, and a test sets it as needed.
"""

import inspect
import io
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from queue import SimpleQueue
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

import boto3
from botocore.credentials import ReadOnlyCredentials
from moto import mock_aws
from moto.sesv2.responses import SESV2Response

from endpoint_sweep.aws import step_log, wiring
from endpoint_sweep.aws.callers import prove
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.domain.caller_proof import HEADER, Binding
from tests.simulation.hub import cloudformation
from tests.simulation.hub.lambda_endpoint import Handler, context, load
from tests.simulation.hub.outbox import Mail, keeping
from tests.simulation.hub.proxy_event import proxy_event
from tests.simulation.member_aws import caller_identity
from tests.simulation.member_aws.corrections import corrected, dynamodb, kms, s3
from tests.simulation.wire import watching

BUCKET, TABLE, SENDER = "endpoint-sweep-bucket", "endpoint-sweep-table", "finops@example.com"
ADA, GRACE = "ada@example.com", "grace@example.com"
# What AWS calls a caller through this role: without the path of the role (D13.12).
ROLE, PRINCIPAL = "arn:aws:iam::111111111111:role/team/finops", "arn:aws:sts::111111111111:assumed-role/finops/ada"
STRANGER = "arn:aws:iam::111111111111:user/mallory"
HOST = "review.example.com"
FORM = "application/x-www-form-urlencoded"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "token/of+testing==",
    "AWS_DEFAULT_REGION": "us-east-1",
    "TABLE_NAME": TABLE,
    "BUCKET_NAME": BUCKET,
    "SENDER": SENDER,
    "REGIONS": "us-east-1",
    "LOOKBACK_DAYS": "14",
    "BARELY_USED_BELOW": "0",
    "OFFER_BARELY_USED": "false",
    "MIN_AGE_DAYS": "14",
    "MIN_COVERAGE_PERCENT": "90",
    "MAX_DELETES_PER_SWEEP": "25",
    "MAX_DELETES_PER_ACCOUNT": "10",
    "MAX_DELETE_PERCENT_OF_ACCOUNT": "100",
    "APPROVAL_TTL_MINUTES": "4320",
    "WAIT_SLICE_SECONDS": "3600",
    "DELETE_WINDOW_MINUTES": "240",
    "GRACE_MINUTES": "0",
    "GONE_CHECK_SECONDS": "30",
    "STATE_MACHINE_ARN": "arn:aws:states:us-east-1:111111111111:stateMachine:endpoint-sweep",
    "MIN_APPROVERS": "1",
    "TWO_APPROVERS_ABOVE_ENDPOINTS": "25",
    "TWO_APPROVERS_ABOVE_USD": "100000",
    "REQUIRE_CODE": "true",
    "EVENT_BUS": "default",
    "CODE_TTL_MINUTES": "60",
}
LISTS = {  # in parameters, as template.yaml writes them
    "APPROVERS": f"{ADA},{GRACE}",
    "TWO_APPROVERS_FOR_ACCOUNTS": "",
    "APPROVER_PRINCIPALS": f"{ROLE}={ADA}",
    "SUMMARY_RECIPIENTS": "",
    **dict.fromkeys(("DENY_ACCOUNTS", "ACCOUNTS", "EXCLUDE_ACCOUNTS", "EXCLUDE_REGIONS"), ""),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the function answered."""

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(slots=True)
class Sweeps:
    """`ports.Executions` as far as the page knows them."""

    running: bool = True
    waiting: bool = True
    broken: bool = False
    woken: list[str] = field(default_factory=list)

    def wake(self, token: str) -> bool:
        if self.broken:
            raise ConnectionError("Step Functions does not answer")
        if self.waiting:
            self.woken.append(token)
        return self.waiting

    def is_running(self, execution: str) -> bool:
        if self.broken:
            raise ConnectionError("Step Functions does not answer")
        return self.running


class ReviewSite:
    """One deployed review function. Its clock can be set ahead, its API mapped to a base path of a custom domain."""

    def __init__(self, instances: int = 1) -> None:
        self.outbox: list[Mail] = []
        self.sweeps = Sweeps()
        self.signatures: list[str] = []
        self.ahead = timedelta()
        self.base_path = ""
        keys = {"testing": _key_of(PRINCIPAL), "stranger": _key_of(STRANGER)}
        self.sts = caller_identity.Sts(keys, lambda: datetime.now(UTC) + self.ahead)
        self.log = io.StringIO()
        # An instance of a function answers one request at a time. Others wait for it or get another instance.
        self._free: SimpleQueue[Handler] = SimpleQueue()
        for _ in range(instances):
            self._free.put(_instance())

    @classmethod
    @contextmanager
    def open(cls, instances: int = 1, **environment: str) -> Iterator["ReviewSite"]:
        """`environment` is added to the function's, and replaces its lists."""
        if watching.watcher:
            watching.watcher.opened()
        mended = corrected(*dynamodb.CORRECTIONS, *s3.CORRECTIONS, *kms.CORRECTIONS)
        with mock_aws(), mended, patch.dict(os.environ, ENVIRONMENT):
            site = cls(instances)
            keys = site._make_resources() | site._put_lists(LISTS | environment)
            clock = staticmethod(lambda: datetime.now(UTC) + site.ahead)
            wiring.hub.cache_clear()
            with (
                patch.dict(os.environ, keys | environment),
                patch.object(wiring.Hub, "now", clock),
                patch.object(wiring.Hub, "executions", property(lambda _hub: site.sweeps)),
                patch.object(SESV2Response, "send_email", keeping(site.outbox)),
                caller_identity.answering(site.sts),
                site._journal(),
            ):
                yield site
            wiring.hub.cache_clear()

    @contextmanager
    def _journal(self) -> Iterator[None]:
        """Keeps what the function logs apart from what the test prints."""
        handlers = [one for one in step_log._logger()._logger.handlers if isinstance(one, logging.StreamHandler)]
        streams = [one.stream for one in handlers]
        for handler in handlers:
            handler.stream = self.log  # setStream would flush the old stream, which pytest may have closed.
        yield
        for handler, stream in zip(handlers, streams, strict=True):
            handler.stream = stream

    def get(self, path: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> Answer:
        place, _, query = path.partition("?")
        return self.send(method, place, query, None, headers)

    def post(
        self, path: str, fields: Mapping[str, str | list[str]], headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Sends a form; the secret of the link goes along as the form's `k`."""
        place, _, query = path.partition("?")
        body = urlencode({"k": query.removeprefix("k=")} | dict(fields), doseq=True)
        return self.send("POST", place, "", body, {"Content-Type": FORM} | dict(headers or {}))

    def send(
        self,
        method: str,
        path: str,
        query: str = "",
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
        principal: str | None = None,
        **event: Any,
    ) -> Answer:
        """One request as API Gateway hands it over. `principal`: who signed it, and proves it to the function."""
        proof = {HEADER: self.prove(principal, method, path, (body or "").encode())} if principal else {}
        given = proxy_event(
            method, path, query, body, headers={"Host": HOST} | proof | dict(headers or {}), base_path=self.base_path
        )
        given["requestContext"]["identity"] = {"userArn": principal, "sourceIp": "192.0.2.1"}
        handler = self._free.get()
        try:
            answer = handler(given | event, context())
        finally:
            self._free.put(handler)
        flat = {name: values[0] for name, values in answer.get("multiValueHeaders", {}).items()}
        return Answer(answer["statusCode"], flat | answer.get("headers", {}), answer.get("body") or "")

    def prove(self, principal: str, method: str, path: str, body: bytes = b"") -> str:
        """The proof that this principal's command line makes for one request, by the clock of this site."""
        name = next((name for name, key in self.sts.keys.items() if key.arn == principal), principal.rpartition("/")[2])
        key = self.sts.keys.setdefault(name, _key_of(principal))
        binding = Binding.of(path.removeprefix("/approvals/"), method, body)
        with patch("botocore.auth.get_current_datetime", lambda: self.sts.now().replace(tzinfo=None)):
            return prove(binding, ReadOnlyCredentials(name, key.secret, key.token), _sts())

    def code(self, approver: str = ADA) -> str:
        """The digits of the newest code mail."""
        mails = [mail.text for mail in self.outbox if mail.to == approver and mail.subject.endswith("your code")]
        return mails[-1].split("Your code: ")[1][:6]

    def everything(self) -> dict[str, Any]:
        """Every stored byte: the table, all versions of all objects, the mails, and the sweeps that were woken."""
        s3 = boto3.client("s3")
        versions = s3.list_object_versions(Bucket=BUCKET).get("Versions", [])
        return {
            "table": sorted(str(item) for item in self.items()),
            "objects": sorted((one["Key"], one["VersionId"], one["ETag"]) for one in versions),
            "mails": list(self.outbox),
            "woken": list(self.sweeps.woken),
        }

    @staticmethod
    def items() -> Sequence[Mapping[str, Any]]:
        return list(boto3.client("dynamodb").get_paginator("scan").paginate(TableName=TABLE).search("Items[]"))

    def _make_resources(self) -> dict[str, str]:
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        table = _table()
        boto3.client("dynamodb").create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=table["KeySchema"],
            AttributeDefinitions=table["AttributeDefinitions"],
        )
        boto3.client("sesv2").create_email_identity(EmailIdentity=SENDER)
        kms = boto3.client("kms")
        makers = ("FINDINGS_KEY_ARN", "LINKS_KEY_ARN", "MAC_KEY_ARN", "ACTS_KEY_ARN")
        hmac_keys = [kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC") for _ in makers]
        keys = {name: key["KeyMetadata"]["Arn"] for name, key in zip(makers, hmac_keys, strict=True)}
        return keys | {name: kms.create_key()["KeyMetadata"]["Arn"] for name in ("CELLS_KEY_ARN", "SEAL_KEY_ARN")}

    @staticmethod
    def _put_lists(environment: Mapping[str, str]) -> dict[str, str]:
        """The variables that name the lists."""
        for name in LISTS:
            boto3.client("ssm").put_parameter(Name=f"/{name}", Value=f",{environment[name]}", Type="String")
        return {f"{name}_PARAMETER": f"/{name}" for name in LISTS}


def _instance() -> Handler:
    """The handler with a module of its own. On AWS instances are processes; Powertools keeps the event on a class."""
    handler = load(cloudformation.ROOT / "functions" / "review" / "app.py", "functions.review.app")
    app = inspect.unwrap(handler).__globals__["app"]
    event_of = app._to_proxy_event

    def own_event(event: dict[str, Any]) -> Any:
        app.current_event = event_of(event)
        return app.current_event

    app._to_proxy_event = own_event
    return handler


def _key_of(principal: str) -> caller_identity.Key:
    return caller_identity.Key(principal, token=ENVIRONMENT["AWS_SESSION_TOKEN"])


@cache
def _sts() -> Any:
    return Sessions().sts("us-east-1")


@cache
def _table() -> Any:
    return cloudformation.load(cloudformation.HUB_TEMPLATE)["Resources"]["Table"]["Properties"]
