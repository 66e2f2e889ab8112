"""No link's secret and no task token stands anywhere but where it belongs; `invariants.leaked` looks after every test.

Here: that the search knows every one of them, sees a planted one, and looks at what a process prints, too.
"""

import pytest

from tests.judging.invariants import leaked, public_places
from tests.judging.stage import ADA, GRACE, Stage, secret_of
from tests.simulation.hub.outbox import Mail
from tests.simulation.hub.resources import BUCKET
from tests.workflow.conftest import OpenStage


def test_nothing_minted_in_a_run_is_to_be_found(stage_of: OpenStage, capfd: pytest.CaptureFixture[str]) -> None:
    """A whole sweep with a deletion: every secret and token was caught, and none of them is anywhere else."""
    stage = stage_of("small")
    sweep = stage.start()
    links = stage.links(sweep)
    stage.hub.get(links[ADA])
    stage.hub.get(links[GRACE], "HEAD")
    stage.hub.post(links[GRACE], {"choice": "delete", "phrase": "wrong", "step": "decide"})
    stage.next_slice(sweep)
    assert stage.decide(links[ADA], "resnet-demo").status == 303
    stage.end(sweep)
    assert sorted(stage.secrets) == sorted(secret_of(link) for link in links.values())
    assert len(set(stage.tokens)) == len(stage.tokens) == stage.slices(sweep)
    assert leaked(stage) == []
    printed = "".join(capfd.readouterr())
    assert "await_decision" in stage.log.getvalue(), "the log was not heard"
    assert [word for word in (*stage.secrets, *stage.tokens) if word in printed] == []
    places = dict(public_places(stage))
    assert len(places) > 20
    assert any(name.endswith("report.html") or "report.html@" in name for name in places)
    assert stage.row(sweep, "WAIT") is None, "the last token was not forgotten"


def test_each_approver_has_only_their_own_link(stage: Stage) -> None:
    """Two mails, two secrets; neither is in the other's mail, and each names its approver on the page."""
    sweep = stage.start()
    links = stage.links(sweep)
    assert secret_of(links[ADA]) != secret_of(links[GRACE])
    for mail in stage.mails(sweep):
        other = links[GRACE if mail.to == ADA else ADA]
        assert secret_of(links[mail.to]) in mail.text
        assert secret_of(links[mail.to]) in mail.html
        assert secret_of(other) not in mail.text + mail.html
    assert ADA in stage.hub.get(links[ADA]).body
    assert GRACE in stage.hub.get(links[GRACE]).body
    assert stage.decide(links[GRACE]).status == 303
    stage.end(sweep)


@pytest.mark.parametrize("kind", ["secret", "token"])
@pytest.mark.parametrize("place", ["log", "object", "mail", "execution", "table"])
def test_a_planted_one_is_found(stage: Stage, kind: str, place: str) -> None:
    """Wherever one is put, the search finds it: it would see a real leak."""
    word = f"planted-{kind}-{place}"
    minted = {"secret": stage.secrets, "token": stage.tokens}[kind]
    minted.append(word)
    plant(stage, place, word)
    found = leaked(stage)
    minted.remove(word)
    assert found
    assert all(one.startswith(f"a {kind} stands in ") for one in found)


def plant(stage: Stage, place: str, word: str) -> None:
    match place:
        case "log":
            stage.log.write(f'{{"message": "{word}"}}\n')
        case "object":
            stage.hub.client("s3").put_object(Bucket=BUCKET, Key="sweeps/x/plan.json", Body=word.encode())
            stage.hub.client("s3").put_object(Bucket=BUCKET, Key="sweeps/x/plan.json", Body=b"overwritten")
        case "mail":
            stage.hub.outbox.append(Mail(GRACE, "endpoint-sweep x: 1 deleted", "", f"<p>{word}</p>"))
        case "execution":
            stage.end(stage.start_with({"mode": word}))
        case "table":
            item = {"pk": {"S": "LEDGER"}, "sk": {"S": "x"}, "document": {"S": word}, "version": {"N": "1"}}
            stage.hub.client("dynamodb").put_item(TableName="endpoint-sweep-table", Item=item)
