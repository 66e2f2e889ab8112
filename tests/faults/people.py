"""What people and robots do while a sweep waits for a decision."""

import json
import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from endpoint_sweep.aws import wiring
from endpoint_sweep.rules.acting import Checkpoint
from endpoint_sweep.rules.approvals import approval_id
from tests.faults.case import Case, Move
from tests.faults.insider import Insider, item
from tests.faults.insider_rows import forged
from tests.judging.acts import Key
from tests.judging.deciding import form
from tests.judging.stage import Stage, link_in
from tests.simulation.hub.approval_rows import key_of
from tests.simulation.hub.approver import PageError
from tests.simulation.hub.resources import BUCKET
from tests.simulation.hub.stack_in_process import APPROVERS

LONG = timedelta(hours=80)
VETOES = {0.0: "grace", 1.0: Checkpoint.LAST_LOOK, 2.0: ""}


@dataclass
class People:
    """The approvers of one sweep, with the links from their mailboxes, and whoever else got hold of one."""

    stage: Stage
    case: Case
    sweep: str
    offered: list[Key] = field(default_factory=list)
    _chosen: list[Key] = field(default_factory=list)
    _vetoed: list[Move] = field(default_factory=list)
    _one_by_one: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.dice = random.Random(f"people {self.case.seed}")  # noqa: S311 - chance, not a secret
        items = (self.stage.onlooker.plan(self.sweep) or {"items": []})["items"]
        self.offered = [(one["account"], one["region"], one["name"]) for one in items]

    def play(self, move: Move) -> None:
        link = self._link(move.who)
        doing = _MOVES[move.what]
        if not self.offered:
            return
        if link or doing in _WITHOUT_LINK:
            doing(self, move, link)

    def _link(self, who: int) -> str:
        found = [link for mail in self.stage.mails(self.sweep) if mail.to == APPROVERS[who] and (link := link_in(mail))]
        return found[-1] if found else ""

    def _delete(self, move: Move, link: str) -> None:
        """A share of what may be deleted by one decision."""
        self._chosen = self._within(self.dice.sample(self.offered, len(self.offered)), move.share)
        left = [one for one in self.offered if one not in self._chosen]
        snoozes = {"/".join(left[0]): 7} if left and self.dice.random() < 0.2 else {}
        self._decide(link, self._chosen, snoozes, at_once=move.at_once)

    def _agree(self, move: Move, link: str) -> None:
        """With the one who decided before, or with a part of that."""
        chosen = self._chosen or self.offered[:1]
        self._decide(link, chosen[: max(1, round(move.share * len(chosen)))], at_once=move.at_once)

    def _over_cap(self, _: Move, link: str) -> None:
        self._decide(link, self.offered)

    def _decide(
        self, link: str, chosen: Sequence[Key], snoozes: Mapping[str, int] | None = None, *, at_once: bool = False
    ) -> int:
        """The page's answer, 0 where no one could fill in its form."""
        # No code came: who has none cannot decide. Or someone changed what the form is written from.
        unusable = (PageError, *((LookupError, ValueError, AssertionError) if self._is_tampered else ()))
        with suppress(*unusable):
            chosen_ids = ("/".join(one) for one in chosen)
            return self.stage.decide(link, *chosen_ids, snoozes=snoozes or {}, at_once=at_once).status
        return 0

    @property
    def _is_tampered(self) -> bool:
        return self.sweep in self.stage.tampered

    def _within(self, wanted: Sequence[Key], share: float) -> list[Key]:
        """At least one of these, at most their share, at most what the caps allow."""
        given, plan = self.case.parameters, self.stage.onlooker.plan(self.sweep) or {"found": {}}
        top = min(int(given["MaxDeletesPerSweep"]), int(self.case.asked.get("max_deletes", 1000)))
        count, found, of = max(1, round(share * len(wanted))), list[Key](), Counter[str]()
        for one in wanted:
            share_of = max(1, plan["found"].get(one[0], 0) * int(given["MaxDeletePercentOfAccount"]) // 100)
            if len(found) < min(top, count) and of[one[0]] < min(int(given["MaxDeletesPerAccount"]), share_of):
                of[one[0]] += 1
                found.append(one)
        return found

    def _keep(self, _: Move, link: str) -> None:
        self._decide(link, ())

    def veto(self, moment: str, key: Key | None = None) -> None:
        """Whoever keeps everything after the decision. A share of 0: during the grace period; 1: where `key` is about
        to be looked at for the last time; 2: on its way there, after another one was deleted.
        """
        with self._one_by_one:
            due = [one for one in self.case.moves if one.what == "veto" and one not in self._vetoed]
            for move in due:
                sent = len(self.stage.onlooker.sent)
                if VETOES[move.share] == moment or (moment != "grace" and move.share > 1 and sent):
                    self._vetoed.append(move)
                    if (link := self._link(move.who)) and self._decide(link, ()) == 303 and key:
                        # This step has its last look ahead of it: it must see that.
                        self.stage.kept_in_time[key] = len(self.stage.onlooker.sent)

    def tighten(self) -> None:
        """The operators allow one deletion a sweep, after more were approved."""
        if any(one.what == "stricter" for one in self.case.moves):
            os.environ["MAX_DELETES_PER_SWEEP"] = self.stage.hub.parameters["MaxDeletesPerSweep"] = "1"
            wiring.hub.cache_clear()

    def _later(self, _: Move, __: str) -> None:
        """Nothing at this moment: `tests.faults.play` says when."""

    def _replay(self, move: Move, link: str) -> None:
        self._delete(move, link)
        self._delete(move, link)

    def _robots(self, _: Move, link: str) -> None:
        for method in ("GET", "HEAD", "OPTIONS"):
            self.stage.hub.get(link, method)
        self.stage.hub.get(f"{link}&step=decide&choice=delete&i0=d", "GET")

    def _buttons(self, _: Move, link: str) -> None:
        """A program that fills in what it reads: it has no code, where one is asked for, and types no phrase."""
        if self._is_tampered:
            return
        fields = form(self.stage.hub, link, ["/".join(self.offered[0])])
        for step in ("review", "decide"):
            self.stage.hub.post(link, fields | {"step": step, "phrase": "", "code": "123456"})

    def _wrong_phrase(self, _: Move, link: str) -> None:
        if self._is_tampered:
            return
        fields = form(self.stage.hub, link, ["/".join(self.offered[0])])
        self.stage.hub.post(link, fields | {"phrase": str(fields["phrase"]).lower()})

    def _steal(self, _: Move, __: str) -> None:
        """Someone who can read the history sends the token with an approval (FI-36)."""
        if self.stage.tokens:
            output = json.dumps({"decision": "approved", "status": "approved"})
            states = self.stage.hub.client("stepfunctions")
            try:
                states.send_task_success(taskToken=self.stage.tokens[-1], output=output)
            except (states.exceptions.InvalidToken, states.exceptions.TaskTimedOut):
                return

    def _forge(self, _: Move, __: str) -> None:
        """Someone with access to the table writes a decision that fits, but for its MAC (FI-33)."""
        asked = self.stage.row(self.sweep, "REQUEST")
        if asked and self.stage.record(self.sweep)["status"] == "pending":
            insider = Insider(self.stage, self.case, self.sweep, offered=self.offered)
            made = forged(insider, json.loads(asked["document"]["S"]), random.Random(0), APPROVERS[0])  # noqa: S311 - chance, not a secret
            self.stage.tampered.add(self.sweep)
            row = {"decisions": [made | {"selected": [item(self.offered[0])]}], "decided": True, "status": "decided"}
            insider.write(*key_of("DECISIONS", insider.approval), row)

    def _overwrite(self, _: Move, __: str) -> None:
        """A newer version of the plan, in which everything that was found is offered (FI-19)."""
        plan = self.stage.onlooker.plan(self.sweep) or {}
        if not plan.get("items"):
            return  # Someone else has changed what names the plan.
        others = self.stage.world.endpoints() - set(self.offered)
        extra = [
            plan["items"][0] | {"account": account, "region": region, "name": endpoint}
            for account, region, endpoint in sorted(others)
        ]
        body = json.dumps(plan | {"items": plan["items"] + extra}).encode()
        key = f"sweeps/{self.sweep}/plan.json"
        written = self.stage.hub.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)
        self.stage.onlooker.foreign.add((key, written["VersionId"]))

    def _start_again(self, _: Move, __: str) -> None:
        self.stage.start()

    def _expire(self, _: Move, __: str) -> None:
        """Not while it acts: a clock that jumps between a look and a call would be no one's mistake."""
        record = self.stage.onlooker.approval(approval_id(self.sweep))
        if record is None or record["status"] in ("pending", "decided"):
            self.stage.hub.ahead = LONG

    def _switch(self, _: Move, __: str) -> None:
        self.stage.hub.kill()

    def _abort(self, _: Move, __: str) -> None:
        self.stage.stopped.add(self.sweep)
        self.stage.hub.client("stepfunctions").stop_execution(executionArn=self.stage.sweeps[self.sweep])


_MOVES: dict[str, Callable[[People, Move, str], None]] = {
    "delete": People._delete,
    "agree": People._agree,
    "keep": People._keep,
    "replay": People._replay,
    "robots": People._robots,
    "buttons": People._buttons,
    "wrong phrase": People._wrong_phrase,
    "over cap": People._over_cap,
    "steal": People._steal,
    "forge": People._forge,
    "overwrite": People._overwrite,
    "start again": People._start_again,
    "expire": People._expire,
    "switch": People._switch,
    "abort": People._abort,
    "redrive": People._later,  # what was decided is acted on too late, see `tests.faults.mishaps`, and once more
    "veto": People._later,
    "stricter": People._later,
}
_WITHOUT_LINK = (
    *(People._steal, People._forge, People._overwrite, People._start_again, People._expire),
    *(People._switch, People._abort, People._later),
)
