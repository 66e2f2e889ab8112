"""The search can fail: one secret of each kind, put into each kind of place, is found; where it belongs it is not."""

import json
import logging
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from endpoint_sweep.aws.step_log import log_step
from endpoint_sweep.rules.approvals import hash_code, hash_secret, mint_code, mint_secret
from tests.leaks.listening import listening
from tests.leaks.plugin import too_little
from tests.leaks.search import Found, search
from tests.leaks.spool import CODE, KINDS, LINK, TOKEN, Spool
from tests.simulation.hub.cloudformation import ROOT
from tests.simulation.hub.offers import Offer, put_on_offer
from tests.simulation.hub.review_site import ADA, BUCKET, GRACE, SENDER, TABLE, ReviewSite
from tests.simulation.wire import watching
from tests.unit.review.forms import decide, form


@dataclass
class Run:
    """A run of its own within this one: a hub with a plan on offer, and Ada's three secrets."""

    folder: Path
    spool: Spool
    site: ReviewSite
    offer: Offer
    secrets: dict[str, str]

    def leaks(self) -> list[str]:
        self.spool.close()
        return search(self.folder).leaks


@pytest.fixture(scope="module")
def site() -> Iterator[ReviewSite]:
    with ReviewSite.open() as opened:
        yield opened


@pytest.fixture
def run(tmp_path: Path, site: ReviewSite) -> Iterator[Run]:
    spool = Spool(tmp_path)
    with listening(spool):
        offer, token = put_on_offer(), "AQCEAAAAKgAAAAMAAAAA-token-of-a-wait"
        site.post(offer.path, form(offer, "churn-poc", step="review"))
        spool.mint(TOKEN, token)
        secrets = {LINK: offer.path.partition("k=")[2], CODE: site.code(), TOKEN: token}
        yield Run(tmp_path, spool, site, offer, secrets)


def test_a_whole_decision_leaks_nothing(run: Run) -> None:
    """Pages with their own secret in the form, the mail with its code: all of that is where it belongs."""
    run.site.get(run.offer.path)
    run.site.post(run.offer.path, form(run.offer, phrase="DELETE"))
    assert decide(run.site, run.offer.path, form(run.offer, "churn-poc")).status == 303
    assert run.leaks() == []
    found = search(run.folder)
    assert found.minted == {LINK: 2, CODE: 1, TOKEN: 1}
    assert found.searched > 10_000
    assert str(found).startswith("secrets: 4 minted (1 codes, 2 link secrets, 1 task tokens)")


def _mail(to: str) -> Callable[[Run, str], Any]:
    def send(_: Run, text: str) -> None:
        part = {"Data": text}
        simple: Any = {"Subject": {"Data": "endpoint-sweep"}, "Body": {"Text": part, "Html": {"Data": "<p></p>"}}}
        where: Any = {"ToAddresses": [to]}
        boto3.client("sesv2").send_email(FromEmailAddress=SENDER, Destination=where, Content={"Simple": simple})

    return send


def _item(_: Run, text: str) -> None:
    item = {"pk": {"S": "LEDGER"}, "sk": {"S": "x"}, "document": {"S": json.dumps({"said": text})}}
    boto3.client("dynamodb").put_item(TableName=TABLE, Item=item)


def _object(_: Run, text: str) -> None:
    boto3.client("s3").put_object(Bucket=BUCKET, Key="sweeps/x/report.html", Body=f"<td>{text}</td>".encode())
    boto3.client("s3").put_object(Bucket=BUCKET, Key="sweeps/x/report.html", Body=b"overwritten")


PLACES: dict[str, Callable[[Run, str], Any]] = {
    "the log": lambda _, text: log_step("review", {"error": text}),
    "a library's log": lambda _, text: logging.getLogger("botocore").warning("sent %s", text),
    "object": _object,
    "the record": _item,
    "a mail to grace": _mail(GRACE),
    "an error page": lambda run, text: run.spool.keep("an answer of /a/x", f"<p>Not available: {text}.</p>"),
    "an answer": lambda run, text: run.spool.keep("an answer of functions.scan_cell.app", json.dumps({"said": text})),
    "Captured stdout": lambda run, text: run.spool.keep("Captured stdout call", f"event: {{'k': '{text}'}}\n"),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_planted_one_is_found(run: Run, kind: str, place: str) -> None:
    """I6: in every kind of place, every kind of secret; the sentence says where, and not what."""
    PLACES[place](run, run.secrets[kind])
    [leak] = run.leaks()
    assert leak.startswith(f"a {kind} stands in ")
    assert "test_a_planted_one_is_found" in leak
    assert run.secrets[kind] not in leak


@pytest.mark.parametrize(("kind", "leaks"), [(LINK, 0), (CODE, 0), (TOKEN, 1)])
def test_the_addressee_may_have_it(run: Run, kind: str, leaks: int) -> None:
    """In a mail to Ada, whom the record names; a task token is no one's."""
    _mail(ADA)(run, run.secrets[kind])
    assert len(run.leaks()) == leaks


def test_the_record_says_who_the_addressee_is(run: Run) -> None:
    """A link that was mailed to someone else than its record says is a leak, though only one person has it."""
    stray = mint_secret()
    _mail(GRACE)(run, f"https://review.example.com/a/{run.offer.approval.id}?k={stray}")
    _put("ASKED#1", "REQUEST", {"links": [{"hash": hash_secret(stray), "approver": ADA}]})
    code = mint_code()
    _put("DECIDED#1", f"CODE#{hash_secret(stray)[:32]}", {"codes": [{"hash": hash_code(code, stray)}]})
    _mail(GRACE)(run, f"Your code: {code}")
    _mail(ADA)(run, f"Your code: {code}, for {stray}")  # whose they are
    assert sorted(one.partition(" (")[0] for one in run.leaks()) == [
        f"a code stands in a mail to {GRACE}",
        f"a link secret stands in a mail to {GRACE}",
    ]


def _put(pk: str, sk: str, document: object) -> None:
    item = {"pk": {"S": pk}, "sk": {"S": sk}, "document": {"S": json.dumps(document)}}
    boto3.client("dynamodb").put_item(TableName=TABLE, Item=item)


@pytest.mark.parametrize("shown", ["{}{}", "id={}&x{}", "https://x/?next={}#{}", "{}.{}"])
def test_whatever_stands_around_it(run: Run, shown: str) -> None:
    """A long secret is found in the middle of other letters."""
    run.spool.keep("somewhere", shown.format("zz" + run.secrets[LINK], "more"))
    assert len(run.leaks()) == 1


def test_the_form_of_another_is_no_place(run: Run) -> None:
    """The hidden field is allowed to hold the secret that came with the request, and no other."""
    page = f'<input type="hidden" name="k" value="{run.secrets[LINK]}">'
    event = {"httpMethod": "GET", "path": "/a/1", "queryStringParameters": {"k": "another"}}
    assert watching.watcher
    watching.watcher.answered("review", event | {"queryStringParameters": {"k": run.secrets[LINK]}}, {"body": page})
    watching.watcher.answered("review", event, {"body": page})
    assert len(run.leaks()) == 1


def test_a_code_comes_back_to_who_typed_it(run: Run) -> None:
    """Typed with a wrong phrase it stays in its field; the same page for another request is a leak."""
    fields = form(run.offer, "churn-poc", phrase="DELETE", code=run.secrets[CODE])
    page = run.site.post(run.offer.path, fields).body
    assert f'value="{run.secrets[CODE]}"' in page
    run.spool.keep("an answer to another", page.replace(run.secrets[LINK], ""))
    assert [one.partition(" (")[0] for one in run.leaks()] == ["a code stands in an answer to another"]


@pytest.mark.parametrize("text", ["1{}", "{}0", "0.{}", "12,{}", "#{}", "06:00:00.{}+00:00", "{}.5", "a{}", "{}-b"])
def test_digits_within_other_numbers_are_no_code(run: Run, text: str) -> None:
    """Six digits stand by chance in longer numbers, times, colours and names."""
    run.spool.keep("somewhere", f"<p>{text.format(run.secrets[CODE])}</p>")
    assert run.leaks() == []


def test_a_code_is_searched_in_its_own_hub_only(run: Run) -> None:
    """In another hub the same digits are another person's, or a count."""
    run.spool.another_hub()
    run.spool.keep("the log", f"counted {run.secrets[CODE]} calls")
    assert run.leaks() == []


@pytest.mark.parametrize(
    ("searched", "kinds", "said"),
    [
        (50_000_000, KINDS, []),
        (49_999_999, KINDS, ["less than 50 MB were searched in the whole run"]),
        (50_000_000, (LINK, TOKEN), ["no code was minted in the whole run"]),
    ],
)
def test_a_run_that_hardly_looks_says_so(searched: int, kinds: tuple[str, ...], said: list[str]) -> None:
    """P4: fifty megabytes at least, and secrets of every kind."""
    assert too_little(Found(Counter(kinds), searched)) == said


LEAKING = """
import os
from endpoint_sweep.rules.approvals import mint_secret

def test_innocent():
    mint_secret()

def test_leaking():
    secret = mint_secret()
    print("event", secret if os.environ["LEAK"] else len(secret))
"""


@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize(("leak", "status"), [("", 0), ("yes", 1)])
def test_what_is_found_fails_the_run(tmp_path: Path, workers: str, leak: str, status: int) -> None:
    """With workers as without: all tests pass, the secret that one of them printed is told of, the exit code is 1."""
    (tmp_path / "test_leaking.py").write_text(LEAKING)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.leaks.plugin", "-n", workers, "test_leaking.py"]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "layers/core")])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment |= {"PYTHONPATH": paths, "LEAK": leak}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    assert "2 passed in" in done.stdout.splitlines()[-1]
    assert "secrets: 2 minted (2 link secrets), 0 MB searched (0 MB of it different), " in done.stdout
    told = "a link secret stands in Captured stdout call (test_leaking.py::test_leaking)" in done.stdout
    assert told == bool(leak)
