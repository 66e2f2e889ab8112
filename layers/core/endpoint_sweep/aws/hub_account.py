"""What the account of the hub says of itself before a deployment. None means that it did not say."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from endpoint_sweep.aws.regions import offered
from endpoint_sweep.aws.sessions import Sessions


class HubAccount:
    """Asked with the credentials of this shell; nothing here decides, so a refusal is no error."""

    def __init__(self, sessions: Sessions, region: str) -> None:
        self._sessions = sessions
        self._region = region

    def organization(self) -> str | None:
        """The id of the Organization that the account belongs to."""
        answer = self._asked(lambda: self._client("organizations").describe_organization())
        return answer and str(answer["Organization"]["Id"])

    def verified_senders(self) -> list[str] | None:
        """The addresses and domains that may send, as far as one page holds them: 1,000."""
        answer = self._asked(lambda: self._client("sesv2").list_email_identities(PageSize=1000))
        if answer is None:
            return None
        rows = answer.get("EmailIdentities") or ()
        return [str(row["IdentityName"]) for row in rows if row.get("SendingEnabled")]

    def concurrency(self) -> int | None:
        """How many functions the account may run at once."""
        answer = self._asked(lambda: self._client("lambda").get_account_settings())
        return answer and int(answer["AccountLimit"]["ConcurrentExecutions"])

    def regions(self) -> frozenset[str] | None:
        """Where SageMaker is."""
        return offered(self._client("ssm"))

    def _client(self, service: str) -> Any:
        return self._sessions.at(service, self._region)

    def _asked(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except (ClientError, BotoCoreError, LookupError):
            return None
