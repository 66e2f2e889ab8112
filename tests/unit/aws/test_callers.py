"""Who calls with AWS credentials: STS's word about a proof that is good for one request, and for a minute."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.credentials import ReadOnlyCredentials

from endpoint_sweep.aws.callers import AwsCallers
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.domain.caller_proof import Binding
from endpoint_sweep.domain.errors import CallerUnproven, Unavailable
from tests.simulation.member_aws.caller_identity import Key, Sts
from tests.simulation.wire.protocols import Reply, error_reply
from tests.unit.proving import BODY, CREDENTIALS, DECISION, ID, TOKEN, changed, proof_of, signed_at, sts_of

ADA = "arn:aws:sts::111111111111:assumed-role/finops/ada"


@dataclass
class Server:
    """STS behind HTTP, and AwsCallers that ask it. `reply` takes the place of its answer."""

    sts: Sts
    url: str = ""
    reply: Reply | None = None
    heard: list[str] = field(default_factory=list)

    def proof(self, binding: Binding = DECISION, keys: Any = CREDENTIALS) -> str:
        return proof_of(binding, keys)

    def identify(self, proof: str, binding: Binding = DECISION) -> str:
        return AwsCallers(sts_of(), lambda: datetime.now(UTC)).identify(proof, binding)

    def refusal(self, proof: str, binding: Binding = DECISION) -> str:
        with pytest.raises(CallerUnproven) as caught:
            self.identify(proof, binding)
        return str(caught.value)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    made = Server(Sts({"ASIAADA": Key(ADA, "secret-of-ada", TOKEN)}))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            made.heard.append(self.path)
            reply = made.reply or made.sts.answer("GET", path, query, dict(self.headers.items()))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{listening.server_port}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", made.url)
    yield made
    listening.shutdown()
    listening.server_close()
    thread.join()


def test_aws_says_who_it_is(server: Server) -> None:
    """Of a session as of a user; nothing but the one question is sent."""
    assert server.identify(server.proof()) == ADA
    user = "arn:aws:iam::111111111111:user/teams/finops/grace"
    server.sts.keys["AKIAGRACE"] = Key(user, "other")
    assert server.identify(server.proof(keys=ReadOnlyCredentials("AKIAGRACE", "other", None))) == user
    assert all(path.startswith("/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-A") for path in server.heard)


@pytest.mark.parametrize(
    "other",
    [
        Binding.of("00fe" * 8, "POST", BODY),
        Binding.of(ID, "GET", BODY),
        Binding.of(ID, "POST", BODY + b" "),
        Binding.of(ID, "POST", b""),
        Binding.of(ID, "POS", b"T\n" + BODY),
    ],
    ids=["another approval", "another method", "another body", "no body", "shifted"],
)
def test_a_proof_of_another_request(server: Server, other: Binding) -> None:
    """STS itself refuses it, because other headers were signed: in both directions."""
    assert "SignatureDoesNotMatch" in server.refusal(server.proof(), other)
    assert "SignatureDoesNotMatch" in server.refusal(server.proof(other))
    assert server.identify(server.proof(other), other) == ADA


def test_keys_that_are_not_the_callers(server: Server) -> None:
    """A wrong secret, a wrong or missing token, a key that AWS does not know."""
    for keys, code in (
        (ReadOnlyCredentials("ASIAADA", "guessed", TOKEN), "SignatureDoesNotMatch"),
        (ReadOnlyCredentials("ASIAADA", "secret-of-ada", "another"), "InvalidClientTokenId"),
        (ReadOnlyCredentials("ASIAADA", "secret-of-ada", None), "InvalidClientTokenId"),
        (ReadOnlyCredentials("ASIANOBODY", "secret-of-ada", TOKEN), "InvalidClientTokenId"),
    ):
        assert code in server.refusal(server.proof(keys=keys))


def test_what_is_no_proof_is_not_sent(server: Server) -> None:
    """STS is asked only what may be asked of it."""
    server.refusal(changed(server.proof(), lambda given: given.update({"Action": "GetSessionToken"})))
    server.refusal("garbage")
    assert server.heard == []


def test_where_it_is_sent_is_not_in_it(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proof made for another host is asked about at our own, which refuses it."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://sts.example.com")
    foreign = server.proof()
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    assert "SignatureDoesNotMatch" in server.refusal(foreign)
    assert len(server.heard) == 1


def test_a_date_moved_after_signing(server: Server) -> None:
    """The date is under the signature: an old proof is not made young."""
    when = datetime.now(UTC)
    old = signed_at(when - timedelta(minutes=5), server.proof)
    young = changed(
        old,
        lambda given: given.update(
            {
                "X-Amz-Date": f"{when:%Y%m%dT%H%M%SZ}",
                "X-Amz-Credential": f"ASIAADA/{when:%Y%m%d}/us-east-1/sts/aws4_request",
            }
        ),
    )
    assert "SignatureDoesNotMatch" in server.refusal(young)


SAID = '<X xmlns="y"><GetCallerIdentityResult>{}</GetCallerIdentityResult></X>'


@pytest.mark.parametrize(
    "reply",
    [
        *(Reply(status, {}, b"") for status in (204, 400, 403, 429, 500, 503)),
        Reply(403, {}, b"<html><body>a proxy's own page"),
        Reply(403, {}, b"<Response><Errors/></Response>"),
        Reply(403, {}, b"<ErrorResponse><Error><Code>two words</Code></Error></ErrorResponse>"),
        error_reply("query", "Throttling", "Rate exceeded", 400),
        error_reply("query", "RegionDisabledException", "", 403),
        *(Reply(200, {}, body) for body in (b"", b"{}", b"<a/>", b"<a", b"\xff\xfe")),
        Reply(200, {}, SAID.format("").encode()),
        Reply(200, {}, SAID.format(f"<Arn>{ADA}</Arn>").encode()),
        Reply(200, {}, SAID.format(f"<Arn>{ADA}</Arn><Account>222222222222</Account>").encode()),
        Reply(200, {}, SAID.format(f"<Arn>{ADA}</Arn><Arn>{ADA}</Arn><Account>111111111111</Account>").encode()),
        Reply(200, {}, SAID.format("<Arn>ada</Arn><Account>111111111111</Account>").encode()),
        Reply(200, {}, SAID.format(f"<Arn>{ADA}\n</Arn><Account>111111111111</Account>").encode()),
        Reply(200, {}, SAID.format("x" * 20_000).encode()),
    ],
    ids=lambda reply: f"{reply.status} {reply.body[-40:]!r}",
)
def test_an_answer_that_says_nothing(server: Server, reply: Reply) -> None:
    """Then no one is anybody: try again, nothing is recorded. It is asked once."""
    server.reply = reply
    with pytest.raises(Unavailable):
        server.identify(server.proof())
    assert len(server.heard) == 1


def test_no_redirect_is_followed(server: Server) -> None:
    """Wherever an answer points, the proof does not go there."""
    for status in (301, 302, 307, 308):
        server.reply = Reply(status, {"Location": f"{server.url}/elsewhere"})
        with pytest.raises(Unavailable):
            server.identify(server.proof())
    assert len(server.heard) == 4
    assert not any("elsewhere" in path for path in server.heard)


def test_sts_that_does_not_answer(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error holds neither the address nor the proof."""
    proof = server.proof()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(Unavailable) as caught:
        server.identify(proof)
    assert (caught.value.__cause__, caught.value.__suppress_context__) == (None, True)
    assert "127.0.0.1" not in str(caught.value)


@pytest.mark.parametrize(
    "preference",
    ["AWS_USE_FIPS_ENDPOINT=true", "AWS_USE_DUALSTACK_ENDPOINT=true", "AWS_STS_REGIONAL_ENDPOINTS=legacy"],
)
def test_both_sides_name_the_same_address(preference: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the caller's shell prefers: the signature holds for one host."""
    monkeypatch.setenv(*preference.split("=", 1))
    for region, address in (
        ("us-east-1", "https://sts.us-east-1.amazonaws.com"),
        ("eu-west-1", "https://sts.eu-west-1.amazonaws.com"),
        ("cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn"),
    ):
        assert Sessions().sts(region).meta.endpoint_url == address
