"""Every request that is not exactly right gets a clear answer, and changes not one stored byte (BI-26 to BI-46)."""

import base64
import gzip
import re
from collections.abc import Callable
from typing import Any

import pytest

from endpoint_sweep.aws.seals import AwsSeals
from endpoint_sweep.aws.store import AwsStore
from endpoint_sweep.aws.table import AwsTable
from tests.simulation.hub.offers import Offer
from tests.simulation.hub.review_site import FORM, HOST, Answer, ReviewSite
from tests.unit.review.forms import form, told

CAREFUL = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
}
BOMB = base64.b64encode(gzip.compress(b"k" * 10**7)).decode()
pytestmark = pytest.mark.usefixtures("unchanged")


def careful(answer: Answer) -> tuple[int, str]:
    """Status and code; every answer is careful, small, and without a script or a trace of the program."""
    assert answer.headers.items() >= CAREFUL.items()
    assert "max-age=" in answer.headers["Strict-Transport-Security"]
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "<script" not in answer.body
    assert "Traceback" not in answer.body
    return told(answer)


def test_a_get_decides_nothing_whatever_its_query(site: ReviewSite, offer: Offer) -> None:
    """BI-26, BI-39: a decision or a target in the address is ignored, and is not on the page either."""
    for query in (
        "decision=approve&choice=delete&step=decide&i0=d",
        "next=https://evil.example",
        "next=//evil.example",
    ):
        answer = site.get(f"{offer.path}&{query}")
        assert careful(answer) == (200, "")
        assert "evil" not in answer.body
        assert answer.body.count('value="d">') == len(offer.plan.items)
        assert 'value="d" checked' not in answer.body


def test_a_wrong_secret_an_unknown_approval_and_another_sweeps_secret_look_alike(
    site: ReviewSite, offer: Offer
) -> None:
    """BI-27, BI-29, BI-46: the same bytes, whatever exists."""
    secret = offer.path.partition("?k=")[2]
    addresses = [
        f"/a/{offer.approval.id}?k={secret[:-4]}AAAA",
        f"/a/{'0' * 32}?k={secret}",
        f"/a/{'f' * 32}",
        f"/a/{offer.approval.id}",
        f"/a/{offer.approval.id.upper()}?k={secret}",
        f"/a/{offer.approval.sweep_id}?k={secret}",
    ]
    forged = site.log.getvalue().count("LinkForged")
    answers = [site.get(address) for address in addresses]
    assert {careful(one) for one in answers} == {(404, "E_LINK_INVALID")}
    assert len({one.body for one in answers}) == 1
    assert "resnet" not in answers[0].body
    assert site.log.getvalue().count('"alarm":"LinkForged"') == forged + len(answers)
    site.get(offer.path)
    site.post(offer.path, form(offer, "resnet-demo", phrase="wrong"))
    assert site.log.getvalue().count("LinkForged") == forged + len(answers), "a slip of an approver is no forged link"


def test_an_unknown_approval_costs_the_same_work(
    site: ReviewSite, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """BI-27: as many reads of the table and listings of the bucket, as many questions to KMS, whatever is wrong."""
    calls: list[str] = []

    def counted(kind: type, name: str) -> None:
        real = getattr(kind, name)

        def call(*given: Any) -> Any:
            calls.append(name)
            return real(*given)

        monkeypatch.setattr(kind, name, call)

    for kind, name in ((AwsTable, "get"), (AwsStore, "history"), (AwsSeals, "is_authentic")):
        counted(kind, name)
    for address in (f"/a/{offer.approval.id}?k=wrong", f"/a/{'0' * 32}?k=wrong", "/a/no-id-at-all?k=wrong"):
        calls.clear()
        site.get(address)
        assert calls == ["get", "get", "get", "history", "is_authentic"]


@pytest.mark.parametrize(
    "query", ["", "k=", "k=x", f"k={'x' * 10_000}", "k=%00", "k=../..", "k=%FF%FE", "k=a&k=b", "k[]=a", "K=a"]
)
def test_strange_secrets(site: ReviewSite, offer: Offer, query: str) -> None:
    """BI-28: 404 in few bytes, and what was sent is not sent back."""
    answer = site.get(f"/a/{offer.approval.id}?{query}")
    assert careful(answer) == (404, "E_LINK_INVALID")
    assert len(answer.body) < 64 * 1024
    assert "xxxx" not in answer.body


def test_the_same_secret_twice_is_none(site: ReviewSite, offer: Offer) -> None:
    """BI-28: an array of secrets opens nothing, although each would."""
    secret = offer.path.partition("?")[2]
    assert careful(site.get(f"{offer.path}&{secret}")) == (404, "E_LINK_INVALID")
    right = offer.path.partition("k=")[2]
    assert careful(site.post(offer.path, form(offer, "resnet-demo") | {"k": [right, right]}))[0] == 404


@pytest.mark.parametrize("secret", ["", "wrong", "x" * 10_000, "\x00", "\udcff".encode("utf-8", "replace").decode()])
def test_a_post_without_the_secret_does_nothing(site: ReviewSite, offer: Offer, secret: str) -> None:
    """BI-27, BI-28: with everything else right."""
    assert careful(site.post(offer.path, form(offer, "resnet-demo") | {"k": secret})) == (404, "E_LINK_INVALID")


@pytest.mark.parametrize("sha256", ["", "0" * 64, "short"])
def test_another_plan_is_refused(site: ReviewSite, offer: Offer, sha256: str) -> None:
    """BI-33: missing or different."""
    assert careful(site.post(offer.path, form(offer, "resnet-demo", plan_sha256=sha256))) == (409, "E_PLAN_CHANGED")


@pytest.mark.parametrize(
    "phrase",
    ["", "DELETE", "DELETE 3 {hash}", "DELETE 2 00000000", "delete 2 {hash}", "DELETE  2 {hash}", "DELETE 2{hash}",
     "KEEP ALL {hash}", "DELETE 2 {hash}0", "DELETE 2 {HASH}x", "ＤＥＬＥＴＥ 2 {hash}"],
)  # fmt: skip
def test_a_phrase_that_is_not_exact(site: ReviewSite, offer: Offer, phrase: str) -> None:
    """BI-34, FI-27: refused before the code is looked at; nothing of what was chosen is lost."""
    hash8 = offer.approval.plan.sha256[:8]
    typed = phrase.format(hash=hash8, HASH=hash8.upper())
    answer = site.post(offer.path, form(offer, "resnet-demo", "churn-poc", phrase=typed, code="000000"))
    assert careful(answer) == (400, "E_CONFIRM_PHRASE")
    assert "exactly as shown" in answer.body
    assert answer.body.count('value="d"') == 4  # two rows, in the form to confirm and in the one to go back


@pytest.mark.parametrize(
    "change",
    [
        {"i99": "d"},
        {"i-1": "d"},
        {"i00": "d"},
        {"i1e3": "d"},
        {"i٣": "d"},
        {"i0": ["d", "d"]},
        {"i0": ["d", "7"]},
        {"i0": "x"},
        {"i0": "7"},
        {"z0": "8"},
        {"z0": "d"},
        {"z0": ["7", "30"]},
        {"i0": "d "},
        {"i": "d"},
        {"item": "222222222222/us-east-1/resnet-demo", "choice": "delete"},
        {"choice": "delete"},
        {"choice": "approve", "i0": "d"},
        {"choice": "keep", "i0": "d"},
    ],
    ids=str,
)
def test_a_selection_that_does_not_fit(site: ReviewSite, offer: Offer, change: dict[str, Any]) -> None:
    """BI-35: a stranger, twice the same, nothing at all: refused whole, on the list with what was chosen."""
    answer = site.post(offer.path, form(offer) | {"choice": ""} | change)
    assert careful(answer) == (400, "E_ITEM_SELECTION")
    assert "There is a problem." in answer.body


def post(site: ReviewSite, offer: Offer, body: str, headers: dict[str, str], **event: Any) -> Answer:
    return site.send("POST", offer.path.partition("?")[0], "", body, headers, **event)


@pytest.mark.parametrize(
    ("headers", "body", "event", "status"),
    [
        ({"Content-Type": "application/json"}, '{"choice": "delete"}', {}, 415),
        ({"Content-Type": "multipart/form-data; boundary=x"}, "--x--", {}, 415),
        ({}, "k=a", {}, 415),
        ({"Content-Type": FORM}, "k=" + "a" * 2_000_000, {}, 413),
        ({"Content-Type": FORM}, BOMB, {"isBase64Encoded": True}, 415),
        ({"Content-Type": FORM, "Content-Encoding": "gzip"}, "k=a", {}, 415),
        ({"Content-Type": FORM}, "no base64!", {"isBase64Encoded": True}, 415),
    ],
    ids=["json", "multipart", "none", "2 MB", "gzip bomb", "gzip", "bad base64"],
)  # fmt: skip
def test_bodies_that_are_no_form(
    site: ReviewSite, offer: Offer, headers: dict[str, str], body: str, event: dict[str, Any], status: int
) -> None:
    """BI-36."""
    assert careful(post(site, offer, body, headers, **event)) == (status, "E_BODY")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_from_another_site(site: ReviewSite, offer: Offer, headers: dict[str, str]) -> None:
    """BI-37: with everything else right."""
    assert careful(site.post(offer.path, form(offer, "resnet-demo"), headers)) == (403, "E_CROSS_SITE")


def test_no_address_comes_from_the_request(site: ReviewSite, offer: Offer) -> None:
    """BI-38: whatever Host says, no page has an absolute address, and no other than its own form's."""
    spoofed = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    answer = site.get(offer.path, headers=spoofed)
    assert careful(answer) == (200, "")
    assert "evil" not in answer.body
    assert "://" not in re.sub(r"<style>.*</style>", "", answer.body, flags=re.DOTALL)
    assert all(one.startswith(("#account-", "?")) for one in re.findall(r'(?:href|action)="([^"]*)"', answer.body))


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD"])
@pytest.mark.parametrize("path", ["", "/result"])
def test_other_methods(site: ReviewSite, offer: Offer, method: str, path: str) -> None:
    """BI-40."""
    place, _, query = offer.path.partition("?")
    assert careful(site.get(f"{place}{path}?{query}&step=decide&choice=delete", method)) == (405, "E_METHOD")


def test_a_get_that_wants_to_be_a_post(site: ReviewSite, offer: Offer) -> None:
    """BI-40: refused, and nothing is shown."""
    for name in ("X-HTTP-Method-Override", "x-http-method-override"):
        assert careful(site.get(offer.path, headers={name: "POST"})) == (405, "E_METHOD")


@pytest.mark.parametrize(
    "ask",
    [
        lambda site, offer: site.get(offer.path),
        lambda site, offer: site.get(f"/a/{offer.approval.id}/result"),
        lambda site, offer: site.get("/elsewhere"),
        lambda site, offer: site.post(offer.path, form(offer, "resnet-demo") | {"step": "list"}),
        lambda site, offer: site.send("GET", f"/approvals/{offer.approval.id}"),
    ],
    ids=["page", "result", "elsewhere", "list", "without a signature"],
)
def test_every_answer_is_careful(site: ReviewSite, offer: Offer, ask: Callable[[ReviewSite, Offer], Answer]) -> None:
    """BI-45, S1.8: not cached, not framed, no script, nothing referred; on errors, too."""
    careful(ask(site, offer))


def test_a_broken_table_is_no_page(site: ReviewSite, offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    """FI-31: 503 in a sentence, nothing of the fault is told."""

    def broken(*_: object) -> None:
        raise ConnectionError(f"could not reach {HOST} with k=secret")

    monkeypatch.setattr(AwsTable, "get", broken)
    answer = site.get(offer.path)
    assert careful(answer) == (503, "E_UNAVAILABLE")
    assert "secret" not in answer.body
