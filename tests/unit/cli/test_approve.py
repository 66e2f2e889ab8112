"""`endpoint-sweep approve` against the review function's own routes, over HTTP, signed."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from endpoint_sweep.cli import main
from endpoint_sweep.domain.model import Verdict
from endpoint_sweep.domain.restorable import Restorable
from endpoint_sweep.rules.approvals import Choice, Identity
from tests.simulation.hub.offers import FINDINGS, Offer, put_on_offer
from tests.simulation.hub.review_site import ADA, PRINCIPAL, ReviewSite

Run = Callable[..., tuple[int, str, str]]
LLAMA, CHURN = "222222222222/us-east-1/llama3-70b-demo", "333333333333/us-east-1/churn-poc"


@pytest.fixture
def site() -> Iterator[ReviewSite]:
    with ReviewSite.open() as opened:
        yield opened


@pytest.fixture
def offer(site: ReviewSite) -> Offer:
    return put_on_offer()


@pytest.fixture
def api(site: ReviewSite) -> Iterator[str]:
    """The routes behind HTTP, with headers as they are sent. Whom API Gateway would name is not handed over."""
    site.signatures = []

    class Api(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET", None)

        def do_POST(self) -> None:
            self._answer("POST", self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _answer(self, method: str, body: str | None) -> None:
            signature = self.headers.get("Authorization", "")
            site.signatures.append(signature)
            answer = site.send(method, self.path, "", body, dict(self.headers.items()))
            self.send_response(answer.status)
            self.end_headers()
            self.wfile.write(answer.body.encode())

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def run(api: str, offer: Offer, capsys: pytest.CaptureFixture[str]) -> Run:
    def called(*options: str, sweep: str = "") -> tuple[int, str, str]:
        status = main(["approve", sweep or offer.approval.sweep_id, "--api", api, *options])
        said = capsys.readouterr()
        return status, " ".join(said.out.split()), said.err

    return called


def phrase(offer: Offer, count: int) -> str:
    return f"DELETE {count} {offer.approval.plan.sha256[:8]}"


def test_without_a_choice_it_only_shows(run: Run, offer: Offer, site: ReviewSite) -> None:
    """The offer with its sums; nothing is decided, no byte changes, and hostile names are plain text."""
    before = site.everything()
    status, out, _ = run()
    assert status == 0
    assert "5 idle, $17,086.96 per month at list price, 66% of accounts and regions scanned" in out
    assert "Nothing has been decided yet." in out
    assert all(f" {one.id} " in out for one in FINDINGS)
    assert site.everything() == before


def test_what_the_page_says_of_an_endpoint_is_said_here_too(run: Run) -> None:
    """Before anybody decides: what could not be made again, and how many more are idle (D3.17)."""
    lost = replace(FINDINGS[0], restorable=Restorable.no("its model llama3-70b was deleted"))
    sweep = put_on_offer([lost, FINDINGS[1]], beyond=6_600).approval.sweep_id
    _, out, _ = run(sweep=sweep)
    assert out.count("It cannot be restored: its model llama3-70b was deleted") == 1
    assert "It can be restored" not in out
    assert "6,600 more idle endpoints are not offered, because one sweep offers only the 1,000 most expensive" in out


def test_a_decision_is_recorded_with_its_principal(run: Run, offer: Offer, site: ReviewSite) -> None:
    """Identity `iam`, the caller's ARN, a MAC, no code mailed; the sweep is woken and the receipt is printed."""
    options = ("--delete", LLAMA, "--snooze", f"{CHURN}=30", "--comment", "agreed in the weekly")
    status, out, err = run(*options, "--yes-i-typed", phrase(offer, 1))
    assert (status, err) == (0, "")
    assert f"for {ADA}: delete 1 endpoint." in out
    assert "The sweep will carry this out right away" in out
    decision = offer.decision()
    assert decision
    assert (decision.identity, decision.principal, decision.approver) == (Identity.IAM, PRINCIPAL, ADA)
    assert [str(one) for one in decision.selected] == [LLAMA]
    assert [(str(one.id), one.days) for one in decision.snoozes] == [(CHURN, 30)]
    assert decision.comment == "agreed in the weekly"
    assert decision.mac
    assert [mail.subject.rpartition(": ")[2] for mail in site.outbox] == [
        "your decision to delete 1 endpoint is recorded"
    ]
    assert site.sweeps.woken == [f"token-of-{offer.approval.sweep_id}"]


def test_every_request_is_signed_for_the_api(run: Run, site: ReviewSite) -> None:
    """SigV4 for execute-api, in the region of the shell where the address names none."""
    run()
    assert len(site.signatures) == 1
    assert re.match(
        r"AWS4-HMAC-SHA256 Credential=testing/\d{8}/us-east-1/execute-api/aws4_request, SignedHeaders=\S*host",
        site.signatures[0],
    )
    assert "x-endpoint-sweep-identity" in site.signatures[0]


def test_every_request_proves_who_calls(run: Run, offer: Offer, site: ReviewSite) -> None:
    """Each with a proof of its own; STS is asked by the function, once a request, and never by the command."""
    assert run("--delete", LLAMA, "--yes-i-typed", phrase(offer, 1))[0] == 0
    assert len(site.sts.asked) == len(set(site.sts.asked)) == len(site.signatures) == 2


def test_a_caller_whom_aws_does_not_know(
    run: Run, offer: Offer, site: ReviewSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status 1 and what to do; with a secret that is not the approver's, nothing is decided."""
    before = site.everything()
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "guessed")
    status, _, err = run("--delete", LLAMA, "--yes-i-typed", phrase(offer, 1))
    assert (status, "E_CALLER_UNPROVEN" in err, "SignatureDoesNotMatch" in err) == (1, True, True)
    assert site.everything() == before


@pytest.mark.parametrize("way", ["--delete-all", "--keep-all"])
def test_everything_or_nothing(run: Run, offer: Offer, way: str) -> None:
    """All of what is offered, or none of it: each with its own phrase."""
    hash8 = offer.approval.plan.sha256[:8]
    typed = f"DELETE 5 {hash8}" if way == "--delete-all" else f"KEEP ALL {hash8}"
    status, _, err = run(way, "--yes-i-typed", typed)
    assert (status, err) == (0, "")
    decision = offer.decision()
    assert decision
    wanted = (Choice.DELETE, 5) if way == "--delete-all" else (Choice.KEEP, 0)
    assert (decision.choice, len(decision.selected)) == wanted


def test_everything_is_everything_idle(run: Run) -> None:
    """What is barely used is named one by one; the head counts it apart."""
    few = replace(FINDINGS[0], verdict=Verdict.BARELY_USED, invocations=4)
    offer = put_on_offer((*FINDINGS[1:], few))
    status, out, err = run("--delete-all", "--yes-i-typed", phrase(offer, 4), sweep=offer.approval.sweep_id)
    assert (status, err) == (0, "")
    assert "4 idle, " in out
    assert "1 barely used, " in out
    decision = offer.decision()
    assert decision
    assert few.id not in decision.selected


def test_the_same_again_is_told_so(run: Run, offer: Offer) -> None:
    """BI-31: the recorded answer, and one decision."""
    for words in ("Recorded at", "Already recorded at"):
        status, out, _ = run("--delete", LLAMA, "--yes-i-typed", phrase(offer, 1))
        assert status == 0
        assert words in out
    assert len(offer.now().decisions) == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--delete", LLAMA, "--delete-all"), "use only one of --delete"),
        (("--delete", LLAMA, "--delete", LLAMA), "duplicate"),
        (("--snooze", f"{LLAMA}=8"), "=7, =30 or =90"),
        (("--snooze", f"{LLAMA}=7", "--snooze", f"{LLAMA}=7"), "duplicate"),
        (("--delete", "222222222222/us-east-1/unknown"), "not offered in this sweep"),
        (("--delete", LLAMA, "--snooze", f"{LLAMA}=7"), "an id is in both --delete and --snooze"),
        (("--delete", LLAMA), '--yes-i-typed "DELETE 1 '),
    ],
)
def test_bad_usage(run: Run, offer: Offer, options: tuple[str, ...], told: str) -> None:
    """Status 2, the option and the fix, nothing decided."""
    status, _, err = run(*options)
    assert (status, offer.decision()) == (2, None)
    assert told in err


def test_what_is_typed_counts(run: Run, offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the phrase is asked for; another one is refused with the right one (BI-34)."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    asked: list[str] = []

    def typing(prompt: str) -> str:
        asked.append(prompt)
        return "delete 1"

    monkeypatch.setattr("builtins.input", typing)
    status, _, err = run("--delete", LLAMA)
    assert (status, offer.decision()) == (1, None)
    assert asked == [f"Type {phrase(offer, 1)} to confirm: "]
    assert "E_CONFIRM_PHRASE" in err
    monkeypatch.setattr("builtins.input", lambda _prompt: phrase(offer, 1))
    assert run("--delete", LLAMA)[0] == 0


@pytest.mark.parametrize(("key", "expected"), [(EOFError, 2), (KeyboardInterrupt, 130)])
def test_no_phrase_is_no_decision(
    run: Run, offer: Offer, monkeypatch: pytest.MonkeyPatch, key: type[BaseException], expected: int
) -> None:
    """Ctrl-D and Ctrl-C at the prompt: the line says that nothing is decided."""

    def press(_: str) -> str:
        raise key

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", press)
    status, _, err = run("--delete", LLAMA)
    assert (status, err) == (expected, "endpoint-sweep approve: nothing was typed, so nothing was decided\n")
    assert offer.decision() is None


def test_refusals_are_told(run: Run, offer: Offer, site: ReviewSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Status 1 with the function's code: an unknown sweep, and a caller who is no approver."""
    status, _, err = run(sweep="2020-01-01-none")
    assert (status, "E_LINK_INVALID" in err) == (1, True)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "stranger")
    status, _, err = run()
    assert (status, "E_NOT_AN_APPROVER" in err) == (1, True)


def test_credentials_go_to_https_only(capsys: pytest.CaptureFixture[str]) -> None:
    """Another address than this machine's must be https; nothing is sent."""
    for url in ("http://review.example.com", "ftp://x", "review.example.com", "https://x/?a=b"):
        assert main(["approve", "s", "--api", url]) == 2
        assert "--api must be" in capsys.readouterr().err


@pytest.mark.parametrize(
    "url",
    [
        "https://[::1",
        "https://[x]/v1",
        "https://abc.example.com:port/v1",
        "https://abc.example.com:99999/v1",
        "https://abc example.com/v1",
        "https://abc.execute-api.123.amazonaws.com/v1",
        "https://\u2100.com/v1",
        "https://",
    ],
)
def test_an_address_that_is_none_is_named_with_an_example(capsys: pytest.CaptureFixture[str], url: str) -> None:
    """A typing error is no bug: status 2, the option, and what it should look like."""
    assert main(["approve", "s", "--api", url]) == 2
    err = capsys.readouterr().err
    assert err.startswith("endpoint-sweep approve: --api must be the https address of the review API")
    assert "https://abc123.execute-api.eu-west-1.amazonaws.com/v1" in err


def test_an_api_that_does_not_answer(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Status 1 and one sentence."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    assert main(["approve", "s", "--api", "http://127.0.0.1:9"]) == 1
    assert "does not answer" in capsys.readouterr().err


def test_an_unknown_profile(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Status 1 and the profile's name."""
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    for host in ("https://review.example.com", "https://abc.execute-api.eu-west-1.amazonaws.com/v1"):
        assert main(["approve", "s", "--api", host]) == 1
        assert "there is no AWS profile nobody" in capsys.readouterr().err
