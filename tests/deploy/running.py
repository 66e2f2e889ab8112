"""One sweep of the deployed stack while it runs: its people at the page, what it looked at, what it sent."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise

from tests.deploy.deployed import Deployed, until
from tests.deploy.insider import decision, wrong_guesses
from tests.simulation.hub.approver import Answer, Approver, newest_code

RECORDED = (202, 303)
_ALARM = r'"alarm": ?"(\w+)"'
VERIFY, AWAIT, APPLY = "Verify decision", "Await decision", "Apply each decision"


@dataclass(frozen=True, slots=True)
class Running:
    """`calls`, `lines`: how many calls were on the wire, how many lines in the logs, before it started."""

    deployed: Deployed
    name: str
    execution: str
    calls: int
    lines: int

    @classmethod
    def start(cls, deployed: Deployed, name: str, mode: str = "approve") -> "Running":
        calls, lines = len(deployed.aws.calls()), len(deployed.logged())
        return cls(deployed, name, deployed.start(name, mode), calls, lines)

    # what can be looked at

    @property
    def plan(self) -> bytes:
        s3, key = self.deployed.aws.client("s3"), f"sweeps/{self.name}/plan.json"
        body: bytes = s3.get_object(Bucket=self.deployed.outputs["BucketName"], Key=key)["Body"].read()
        return body

    @property
    def is_over(self) -> bool:
        return self.deployed.status(self.execution) != "RUNNING"

    @property
    def deleted(self) -> list[str]:
        """The endpoints whose deletion was sent since this sweep began."""
        made = self.deployed.aws.calls()[self.calls :]
        return [call.resource for call in made if call.operation == "DeleteEndpoint"]

    def offers(self) -> list[str]:
        """The texts of its mails with a link to decide by."""
        return [one.text for one in self.deployed.aws.mails() if f" {self.name}: " in one.subject and "/a/" in one.text]

    def link(self, approver: str) -> str:
        """The approver's link, once the sweep waits for a decision."""

        def mailed() -> str | None:
            mails = [one for one in self.deployed.aws.mails() if one.to == (approver,) and self.name in one.subject]
            links = re.findall(r"http://\S+/a/[0-9a-f]+\?k=[\w-]+", " ".join(one.text for one in mails))
            return links[0] if links and AWAIT in self.states() else None

        return until(mailed, f"the mail to {approver}", 60)

    def states(self) -> list[str]:
        """The names of the states that were entered, in order."""
        pages = self.deployed.aws.client("stepfunctions").get_paginator("get_execution_history")
        events = pages.paginate(executionArn=self.execution).search("events[]")
        details = (event.get("stateEnteredEventDetails") for event in events)
        return [one["name"] for one in details if one]

    def until_looked(self, since: int) -> None:
        """Until it has looked twice at what stands recorded, or acts on it, or is over; `since`: states before that."""

        def looked() -> bool | None:
            return True if self._looks(since) > 1 or APPLY in self.states()[since:] or self.is_over else None

        until(looked, f"{self.name} to look at what was decided", 60)

    def until_settled(self) -> None:
        """Until it is over, or has looked twice again and waits on."""
        since = len(self.states())
        until(lambda: True if self._looks(since) > 1 or self.is_over else None, f"{self.name} to come to rest", 60)

    def _looks(self, since: int) -> int:
        """How often it looked at the record and waited on."""
        told = [one for one in self.states()[since:] if one in (VERIFY, AWAIT)]
        return sum(pair == (VERIFY, AWAIT) for pair in pairwise(told))

    def until_asked(self) -> None:
        """Until someone was mailed a link to decide by, or it is over without that."""
        until(lambda: True if self.offers() or self.is_over else None, f"{self.name} to ask or to end", 60)

    def alarms(self) -> set[str]:
        """The names of the alarms that the functions logged since this sweep began."""
        return {name for line in self.deployed.logged()[self.lines :] for name in re.findall(_ALARM, line)}

    # what is done at the page

    def post(self, link: str, fields: Mapping[str, str]) -> Answer:
        """The page's form."""
        return Approver(link).post({"k": link.partition("?k=")[2]} | dict(fields))

    def decide(self, link: str, endpoints: Collection[str] = (), code: str = "") -> Answer:
        return self.post(link, decision(self.plan, endpoints, code))

    def ask_code(self, link: str, approver: str, endpoints: Collection[str]) -> str:
        """Goes to the page's second step: the digits that this mails."""
        fields = decision(self.plan, endpoints) | {"step": "review"}
        answer = self.post(link, fields)
        assert fields["phrase"] in answer.body, f"the page does not ask for what the form says: {answer.status}"
        return newest_code(self.codes(approver))

    def codes(self, approver: str) -> list[str]:
        """The texts of the approver's code mails of this sweep."""
        mails = [one for one in self.deployed.aws.mails() if one.to == (approver,) and self.name in one.subject]
        return [one.text for one in mails if "Your code: " in one.text]

    def approve(self, approver: str, endpoints: Collection[str]) -> Answer:
        """An approver's honest decision to delete."""
        link = self.link(approver)
        return self.decide(link, endpoints, self.ask_code(link, approver, endpoints))

    def use_up(self, link: str, approver: str, endpoints: Collection[str]) -> int:
        """Asks for codes and guesses wrong until no more are mailed, and five times more: how many guesses it took."""
        guesses, asking = 0, decision(self.plan, endpoints) | {"step": "review"}
        for _ in range(12):
            mailed = len(self.codes(approver))
            self.post(link, asking)
            for wrong in wrong_guesses(newest_code(self.codes(approver)), 5):
                assert self.decide(link, endpoints, wrong).status not in RECORDED
                guesses += 1
            if len(self.codes(approver)) == mailed:
                break
        return guesses
