"""What is secret stays where it belongs (I6, S1.14): nothing of it in the table, the log or another mail."""

from datetime import timedelta

from endpoint_sweep.domain.caller_proof import HEADER
from tests.simulation.hub.offers import Offer
from tests.simulation.hub.review_site import GRACE, PRINCIPAL, ReviewSite
from tests.unit.review.forms import decide, form, told


def test_no_secret_is_written_down(site: ReviewSite, offer: Offer) -> None:
    """Links, codes and the task token: not in the table in clear, not in the log, each mail only to its own person."""
    secrets = [path.partition("k=")[2] for path in (offer.path, offer.second)]
    token = f"token-of-{offer.approval.sweep_id}"
    first = len(site.outbox)
    site.get(offer.path)
    site.post(offer.path, form(offer, "resnet-demo", step="review"))
    codes = [site.code()]
    site.post(offer.path, form(offer, "resnet-demo", phrase=secrets[0], code="000000"))
    site.ahead = timedelta(minutes=2)
    assert decide(site, offer.path, form(offer, "resnet-demo")).status == 303
    codes.append(site.code())
    assert decide(site, offer.second, form(offer, snooze={"resnet-demo": 7}), GRACE).status == 303
    codes.append(site.code(GRACE))
    assert told(site.post(offer.path, form(offer, "churn-poc"))) == (409, "E_ALREADY_DECIDED")
    path = f"/approvals/{offer.approval.id}"
    proof = site.prove(PRINCIPAL, "GET", path)
    assert site.send("GET", path, headers={HEADER: proof}).status == 200
    stored, log = str(site.items()), site.log.getvalue()
    assert "review" in log
    for secret in (*secrets, *codes, token, proof):
        assert f"'{secret}'" not in stored
        assert f'"{secret}"' not in stored
        assert secret not in log
    assert all(secret not in stored for secret in (*secrets, token))
    mails = site.outbox[first:]
    assert len(mails) == 5
    for mail in mails:
        assert not any(secret in mail.text + mail.html + mail.subject for secret in (*secrets, token))
        assert not any(code in mail.subject for code in codes)
    assert all(codes[2] not in mail.text for mail in mails if mail.to != GRACE)
