"""Amazon SES: who may send, to whom, and whether anything is sent."""

from dataclasses import dataclass

from endpoint_sweep.aws.installation.asking import Asking

_MISSING = ("NotFoundException",)


@dataclass(frozen=True, slots=True)
class MailAccount:
    """`production`: out of the sandbox. `enforcement`: HEALTHY, PROBATION or SHUTDOWN."""

    production: bool
    sends: bool
    enforcement: str


def mail_account(ask: Asking) -> MailAccount:
    """Raises NotAllowed or NotAnswered."""
    answer = ask.sure("ses:GetAccount")
    return MailAccount(
        bool(answer.get("ProductionAccessEnabled")),
        bool(answer.get("SendingEnabled")),
        answer.get("EnforcementStatus", ""),
    )


def is_verified(ask: Asking, identity: str) -> bool:
    """Whether SES accepts this address or domain. Raises NotAllowed or NotAnswered."""
    answer = ask("ses:GetEmailIdentity", missing=_MISSING, EmailIdentity=identity)
    return bool(answer and answer.get("VerifiedForSendingStatus"))


def verified_by(ask: Asking, address: str) -> str:
    """The identity that vouches for an address: itself, its domain, or a domain above; empty if none does.

    Raises NotAllowed or NotAnswered.
    """
    parts = address.rpartition("@")[2].split(".")
    domains = [".".join(parts[start:]) for start in range(len(parts) - 1)]
    return next((one for one in (address, *domains) if is_verified(ask, one)), "")


def suppressed_for(ask: Asking, address: str) -> str:
    """Why SES sends nothing to this address: BOUNCE or COMPLAINT; empty if it does.

    Raises NotAllowed or NotAnswered.
    """
    answer = ask("ses:GetSuppressedDestination", missing=_MISSING, EmailAddress=address)
    return answer["SuppressedDestination"].get("Reason", "") if answer else ""


def set_sends(ask: Asking, name: str) -> bool | None:
    """Whether the configuration set sends; None where there is no such set. Raises NotAllowed or NotAnswered."""
    answer = ask("ses:GetConfigurationSet", missing=_MISSING, ConfigurationSetName=name)
    return None if answer is None else bool(answer.get("SendingOptions", {}).get("SendingEnabled", True))
