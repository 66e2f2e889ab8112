"""Whether emails leave, and whether they arrive."""

from collections.abc import Iterator

from endpoint_sweep.aws.installation import mail
from endpoint_sweep.doctor.finding import Check, Finding, Fix, ok, wrong
from endpoint_sweep.doctor.installation import Installation
from endpoint_sweep.domain.model import Mode
from endpoint_sweep.reports.text import clean


def sending(one: Installation) -> Iterator[Finding]:
    """The account and the configuration set: neither is paused, and what is in the sandbox reaches few."""
    account = mail.mail_account(one.ask)
    sets = mail.set_sends(one.ask, one.stack.name)
    if account.enforcement == "SHUTDOWN":
        yield wrong("Amazon SES has shut down sending for this account; AWS Support says why and opens it again",
                    one.aws("sesv2", "get-account", {}))  # fmt: skip
    elif not account.sends:
        fix = one.aws("sesv2", "put-account-sending-attributes", {"sending-enabled": True})
        yield wrong("sending is paused for the whole account", fix)
    elif sets is False:
        options = {"configuration-set-name": one.stack.name, "sending-enabled": True}
        fix = one.aws("sesv2", "put-configuration-set-sending-options", options)
        yield wrong(f"sending is paused for the configuration set {one.stack.name}", fix)
    elif sets is None:
        options = {"configuration-set-name": one.stack.name}
        fix = one.aws("sesv2", "create-configuration-set", options)
        yield wrong(f"the configuration set {one.stack.name} is not there, so every email is refused", fix)
    else:
        where = "out of the sandbox" if account.production else "in the sandbox"
        yield ok(f"sending is on; the account is {where}")


def sender(one: Installation) -> Iterator[Finding]:
    address = one.parameter("Sender")
    if identity := mail.verified_by(one.ask, address):
        yield ok(f"{address} may send: {identity} is verified")
    else:
        seen = f"{address} is not verified, and neither is its domain, so no email leaves"
        yield wrong(f"{seen}. SES mails it a link, which someone must open", _verify(one, address))


def recipients(one: Installation) -> Iterator[Finding]:
    """Approvers and whoever gets the summaries: verified if the account is in the sandbox (D9.13), and not
    suppressed (D9.14).
    """
    people = list(dict.fromkeys((*one.variables.approvers, *one.variables.recipients)))
    if not people:
        seen = "there are no Approvers and no SummaryRecipients, so nobody gets a report"
        yield wrong(seen, Fix('make deploy SET="SummaryRecipients=<address>"'))
        return
    found = []
    if not mail.mail_account(one.ask).production:
        strangers = [each for each in people if not mail.verified_by(one.ask, each)]
        if strangers:
            seen = "the account is in the sandbox of SES, which sends to verified addresses only, and these are not"
            fixes = [_verify(one, each) for each in strangers]
            found.append(wrong(f"{seen}: {_listed(strangers)}. SES mails each a link to open", *fixes))
    reasons = {each: reason for each in people if (reason := mail.suppressed_for(one.ask, each))}
    if reasons:
        fixes = [one.aws("sesv2", "delete-suppressed-destination", {"email-address": each}) for each in reasons]
        why = _listed([f"{each} ({reason})" for each, reason in reasons.items()])
        found.append(wrong(f"SES sends nothing to those on its suppression list: {why}", *fixes))
    yield from found
    if not found:
        role = "approvers and recipients" if one.mode is Mode.APPROVE else "recipients"
        yield ok(f"{len(people)} {role}, none on the suppression list")


def _verify(one: Installation, address: str) -> Fix:
    """Also mails a new link where the address is known already, which CreateEmailIdentity refuses (D9.13)."""
    return one.aws("ses", "verify-email-identity", {"email-address": address})


def _listed(texts: list[str]) -> str:
    return ", ".join(clean(one) for one in texts)


CHECKS: tuple[Check[Installation], ...] = (
    Check("sending", sending),
    Check("sender", sender),
    Check("recipients", recipients),
)
