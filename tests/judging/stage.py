"""One world with one hub in it, while a test plays the people: it starts sweeps, opens links, decides, interferes.

What it approved, what it changed by other people's hands and every secret that was minted is written down here,
apart from the product, so that `tests.judging.invariants` can judge a run from outside.

`tampered`: sweeps that someone else wrote into. `tried`: sweep and approver of whoever sent a decision. `planted`:
words that someone else wrote. `kept_in_time`: how many deletions were sent when all was kept before one's last look.
`garbled`: the calls whose answers were cut.
"""

import io
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from moto.s3.models import FakeKey, s3_backends
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from endpoint_sweep.rules.approvals import approval_id
from tests.judging import deciding
from tests.judging.acts import Act, Key, key_of
from tests.judging.onlooker import Onlooker
from tests.judging.waits import is_wait
from tests.simulation.hub.approval_rows import key_of as key_of_row
from tests.simulation.hub.outbox import Mail
from tests.simulation.hub.resources import BUCKET, STACK
from tests.simulation.hub.stack_in_process import APPROVERS, BASE_URL, PATIENT, Answer, Hub
from tests.simulation.member_aws.world import World
from tests.simulation.wire.calls import Call

ADA, GRACE = APPROVERS


@dataclass
class Stage:
    world: World
    hub: Hub
    log: io.StringIO
    onlooker: Onlooker
    acts: list[Act] = field(default_factory=list)
    approved: set[Key] = field(default_factory=set)
    touched: set[Key] = field(default_factory=set)
    secrets: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    sweeps: dict[str, str] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)
    tampered: set[str] = field(default_factory=set)
    stopped: set[str] = field(default_factory=set)
    tried: set[tuple[str, str]] = field(default_factory=set)
    kept_in_time: dict[Key, int] = field(default_factory=dict)
    planted: set[str] = field(default_factory=set)
    garbled: list[Call] = field(default_factory=list)
    _seen: dict[str, str] = field(default_factory=dict)
    _histories: dict[str, str] = field(default_factory=dict)

    # what people do

    def start(self, mode: str = "approve", **other: Any) -> str:
        """Starts a sweep; its name."""
        return self.start_with({"mode": mode, "requested_by": "schedule", **other})

    def start_with(self, data: Any, name: str = "") -> str:
        """Starts a sweep with whatever input."""
        name = name or self.next_name
        self.asked[name], self.sweeps[name] = data, self.hub.start(data, name)
        return name

    @property
    def next_name(self) -> str:
        """Of the next sweep: a name is no secret."""
        return f"2026-11-20T06-{len(self.sweeps):02d}Z-test"

    def links(self, sweep: str, seconds: float = PATIENT) -> dict[str, str]:
        """Address -> link, once every approver was mailed and the sweep waits."""

        def asked() -> dict[str, str] | None:
            found = {mail.to: link for mail in self.mails(sweep) if (link := link_in(mail))}
            if len(found) == len(APPROVERS) and self.is_waiting(sweep):
                return found
            self.still_running(sweep, "before anybody was asked")
            return None

        return self.hub.until(asked, seconds, "the approval mails")

    def decide(self, link: str, *endpoints: str, **other: Any) -> Answer:
        """What the page records for whose link this is. `endpoints` are names or ids to delete; none keeps everything.

        `snoozes` are ids or names with their days, `at_once` does without the grace period. 303: it was recorded.
        """
        self.tried.add(deciding.whose(self.hub, link))
        answer = deciding.decide(self.hub, link, endpoints, **other)
        if answer.status == 303 or answer.status >= 500:
            chosen = frozenset(key_of(one) for one in deciding.ids(self.hub, link, endpoints))
            whose, is_sure = deciding.whose(self.hub, link), answer.status == 303
            self.acts.append(Act(*whose, chosen, self.hub.now(), is_sure, bool(other.get("at_once"))))
            self.approved |= chosen
        return answer

    def end(self, sweep: str, seconds: float = PATIENT) -> dict[str, Any]:
        """The description of the execution, once it is over."""
        return self.hub.wait(self.sweeps[sweep], seconds)

    def decided(self, *endpoints: str, seconds: float = PATIENT) -> str:
        """A whole sweep in which Ada decides: its name."""
        sweep = self.start()
        answer = self.decide(self.links(sweep)[ADA], *endpoints)
        assert answer.status == 303, answer.body
        self.end(sweep, seconds)
        return sweep

    def touch(self, account: str, region: str, endpoint: str) -> Key:
        """Says that someone else changes this endpoint during the test."""
        self.touched.add((account, region, endpoint))
        return account, region, endpoint

    def abort(self, sweep: str) -> str:
        """An operator stops the execution: how it ended."""
        self.stopped.add(sweep)
        self.hub.client("stepfunctions").stop_execution(executionArn=self.sweeps[sweep])
        return str(self.end(sweep)["status"])

    def stop(self, sweep: str) -> dict[str, Any]:
        """Aborted, and EventBridge tells the watchdog."""
        return self.watchdog(sweep, self.abort(sweep))

    def watchdog(self, sweep: str, status: str) -> dict[str, Any]:
        """What the rule on the status of executions hands to the watchdog."""
        detail = {"name": sweep, "status": status, "executionArn": self.sweeps[sweep], "stateMachineArn": self.hub.arn}
        event = {"source": "aws.states", "detail-type": "Step Functions Execution Status Change", "detail": detail}
        return dict(self.hub.handlers[f"{STACK}-WatchdogFunction"](event, None))

    def clear(self) -> None:
        """Stops what a failed test left running, so that the next one does not find its lock."""
        for sweep, execution in self.sweeps.items():
            found = self.hub.client("stepfunctions").describe_execution(executionArn=execution)
            if found["status"] == "RUNNING":
                self.stop(sweep)

    def around(self, function: str, before: Callable[[dict[str, Any]], object]) -> None:
        """Runs `before` with the event just before a function of the hub runs."""
        handler = self.hub.handlers[f"{STACK}-{function}"]

        def wrapped(event: dict[str, Any], context: Any) -> Any:
            before(event)
            return handler(event, context)

        self.hub.handlers[f"{STACK}-{function}"] = wrapped

    @contextmanager
    def looking_away(self) -> Iterator[None]:
        """The sweep is just about to look at its record, and does not before this is over."""
        name, there, go_on = f"{STACK}-VerifyDecisionFunction", threading.Event(), threading.Event()
        handler = self.hub.handlers[name]

        def hold(_: dict[str, Any]) -> None:
            there.set()
            assert go_on.wait(60)

        self.around("VerifyDecisionFunction", hold)
        try:
            assert there.wait(30), "the sweep does not look"
            yield
        finally:
            self.hub.handlers[name] = handler
            go_on.set()

    # what can be looked at

    def mails(self, sweep: str) -> list[Mail]:
        return [mail for mail in self.hub.mails() if f" {sweep}: " in mail.subject]

    def summary(self, sweep: str) -> Mail:
        """The last mail of a sweep, but for those that only one person gets: a code, a receipt."""
        return [mail for mail in self.mails(sweep) if ": your " not in mail.subject][-1]

    def report(self, sweep: str) -> dict[str, Any]:
        return dict(self.hub.document("report.json", sweep))

    def has_report(self, sweep: str) -> bool:
        return any(name.startswith(f"sweeps/{sweep}/report.json@") for name in self.objects())

    def disposition(self, sweep: str, endpoint: str) -> tuple[str, str]:
        """What the report says became of an endpoint, and why."""
        [row] = [row for row in self.report(sweep)["findings"] if row["name"] == endpoint]
        return row["disposition"], row["disposition_reason"]

    def coverage(self, sweep: str) -> dict[tuple[str, str], str]:
        return {(row["account"], row["region"]): row["status"] for row in self.report(sweep)["coverage"]}

    def states(self, sweep: str) -> list[str]:
        return self.hub.states(self.sweeps[sweep])

    def plan(self, sweep: str) -> list[str]:
        """The ids that are offered."""
        items = self.hub.document("plan.json", sweep)["items"]
        return [f"{one['account']}/{one['region']}/{one['name']}" for one in items]

    def objects(self) -> dict[str, str]:
        """Every version of every object as text, from the engine's memory: rules look often, and listings are slow."""
        keys = s3_backends[self.world.organization.hub_account]["aws"].buckets[BUCKET].keys
        for name, versions in list(keys.iterlists()):
            for one in versions:
                # A version never changes, so each is read once. A marker has no bytes.
                if isinstance(one, FakeKey) and (known := f"{name}@{one.version_id}") not in self._seen:
                    self._seen[known] = one.value.decode("utf-8", "replace")
        return self._seen

    def history(self, sweep: str) -> str:
        """The history without the events that hold the token of a wait. An ended one is read once."""
        described = self.hub.client("stepfunctions").describe_execution(executionArn=self.sweeps[sweep])
        if described["status"] == "RUNNING" or sweep not in self._histories:
            if sweep in self.stopped:
                self._mend(sweep)
            events = [event for event in self.hub.history(self.sweeps[sweep]) if not is_wait(event)]
            told = f"{described['input']} {described.get('output', '')} {described}"
            self._histories[sweep] = f"{told} {json.dumps(events, default=str)}"
        return self._histories[sweep]

    def _mend(self, sweep: str) -> None:
        """Stopped just as a task begins, moto notes the task's input as its time-out, and cannot tell that history."""
        backend = stepfunctions_parser_backends[self.world.organization.hub_account][self.hub.region]
        for event in backend.describe_execution(self.sweeps[sweep]).exec_worker.env.event_manager._history_event_list:
            for details in event.values():
                if isinstance(details, dict) and not isinstance(details.get("timeoutInSeconds", 0), int):
                    del details["timeoutInSeconds"]

    def row(self, sweep: str, name: str) -> dict[str, Any] | None:
        """One item of the sweep's approval, by its name in `approval_rows.ROWS`."""
        return self.hub.item(*key_of_row(name, approval_id(sweep)))

    def record(self, sweep: str) -> dict[str, Any]:
        """The sweep's approval as it stands in the table and the bucket."""
        found = self.hub.approval(approval_id(sweep))
        assert found, f"{sweep} asked no one"
        return found

    def is_waiting(self, sweep: str) -> bool:
        return self.row(sweep, "WAIT") is not None

    def still_running(self, sweep: str, when: str) -> None:
        found = self.hub.client("stepfunctions").describe_execution(executionArn=self.sweeps[sweep])
        assert found["status"] == "RUNNING", f"{sweep} ended {when}: {found['status']} {self.states(sweep)}"

    def slices(self, sweep: str) -> int:
        """How many waits the sweep has begun."""
        return self.states(sweep).count("Await decision")

    def until_wait(self, sweep: str, number: int) -> None:
        """Until the sweep is in this wait and nothing of its beginning is still being written."""
        begun = self.sweeps[sweep]
        self.hub.until(lambda: True if self.hub.waits(begun) == number else None, 30, f"wait {number}")

    def wake(self, sweep: str, slices: int) -> None:
        """Someone who has the token ends the wait with this number, once the sweep has come so far."""

        def waits() -> bool | None:
            begun = (self.slices(sweep), len(self.tokens)) == (slices, slices)
            return True if begun and self.is_waiting(sweep) else None

        self.hub.until(waits, 30, f"wait {slices}")
        self.hub.client("stepfunctions").send_task_success(taskToken=self.tokens[-1], output="{}")

    def next_slice(self, sweep: str) -> None:
        """Until the sweep has looked at its record once more and waits again."""
        begun = self.slices(sweep)
        self.hub.until(lambda: True if self.slices(sweep) > begun else None, 20, "the next slice")


def link_in(mail: Mail) -> str | None:
    found = re.search(re.escape(BASE_URL) + r"/a/[0-9a-f]+\?k=[\w-]+", mail.text)
    return found[0] if found else None


def secret_of(link: str) -> str:
    return link.partition("?k=")[2]
