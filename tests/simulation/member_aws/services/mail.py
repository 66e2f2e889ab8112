"""Amazon SES, as far as moto does not have it: the account, verification, the suppression list."""

from moto.core.responses import ActionResult, BaseResponse
from moto.ses.models import SESBackend, ses_backends

from tests.simulation.member_aws.hub_state import MailState
from tests.simulation.member_aws.services.refused import Refused
from tests.simulation.member_aws.state import active


class Mail(BaseResponse):  # type: ignore[misc]  # moto ships no types
    """Version 2 of the API."""

    use_raw_body = True

    def __init__(self) -> None:
        super().__init__(service_name="sesv2")
        self.automated_parameter_parsing = True

    @property
    def _state(self) -> MailState:
        return active().hub.mail

    @property
    def _backend(self) -> SESBackend:
        return ses_backends[self.current_account][self.region]

    def get_account(self) -> ActionResult:
        state = self._state
        said = {"ProductionAccessEnabled": state.production, "SendingEnabled": state.sends}
        return ActionResult(said | {"EnforcementStatus": "HEALTHY"})

    def put_account_sending_attributes(self) -> ActionResult:
        self._state.sends = bool(self._get_param("SendingEnabled", False))
        return ActionResult({})

    def get_email_identity(self) -> ActionResult:
        """An address is verified once someone has opened the link that SES mailed (D9.13)."""
        name = str(self._get_param("EmailIdentity"))
        if name not in self._backend.email_identities:
            raise Refused("NotFoundException", f"Email identity {name} does not exist.", 404)
        kind = "EMAIL_ADDRESS" if "@" in name else "DOMAIN"
        return ActionResult({"IdentityType": kind, "VerifiedForSendingStatus": name not in self._state.unverified})

    def get_configuration_set(self) -> ActionResult:
        name = str(self._get_param("ConfigurationSetName"))
        if name not in self._backend.config_sets:
            raise Refused("NotFoundException", f"Configuration set {name} does not exist.", 404)
        sends = name not in self._state.paused_sets
        return ActionResult({"ConfigurationSetName": name, "SendingOptions": {"SendingEnabled": sends}})

    def put_configuration_set_sending_options(self) -> ActionResult:
        change = self._state.paused_sets.discard if self._get_param("SendingEnabled") else self._state.paused_sets.add
        change(str(self._get_param("ConfigurationSetName")))
        return ActionResult({})

    def get_suppressed_destination(self) -> ActionResult:
        address = str(self._get_param("EmailAddress"))
        if address not in self._state.suppressed:
            raise Refused("NotFoundException", f"Email address {address} does not exist on your suppression list.", 404)
        said = {"EmailAddress": address, "Reason": self._state.suppressed[address]}
        return ActionResult({"SuppressedDestination": said | {"LastUpdateTime": active().now()}})

    def delete_suppressed_destination(self) -> ActionResult:
        self._state.suppressed.pop(str(self._get_param("EmailAddress")), None)
        return ActionResult({})


class OldMail(BaseResponse):  # type: ignore[misc]  # moto ships no types
    """Version 1 of the API."""

    def __init__(self) -> None:
        super().__init__(service_name="ses")
        self.automated_parameter_parsing = True

    def verify_email_identity(self) -> ActionResult:
        """Mails a link, also to an address that is known; whoever gets it opens it at once."""
        address = str(self._get_param("EmailAddress"))
        ses_backends[self.current_account][self.region].verify_email_identity(address)
        active().hub.mail.unverified.discard(address)
        return ActionResult({})
