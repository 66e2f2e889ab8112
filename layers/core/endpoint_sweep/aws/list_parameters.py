"""The lists of the stack that do not fit into a function's environment, as parameters of Systems Manager."""

from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from endpoint_sweep.aws.error_translation import code_of
from endpoint_sweep.domain.errors import ListUnreadable
from endpoint_sweep.ports import Clock

# An update of the stack that changes only a list starts no new processes (D9.9).
FRESH = timedelta(minutes=1)


class AwsListParameters:
    """Each list is read when it is first needed, and again after a minute."""

    def __init__(self, client: Any, now: Clock) -> None:
        self._client = client
        self._now = now
        self._known: dict[str, tuple[datetime, str]] = {}

    def read(self, name: str) -> str:
        """Raises ListUnreadable naming the parameter."""
        now = self._now()
        if name in self._known:
            at, value = self._known[name]
            if timedelta() <= now - at < FRESH:
                return value
        value = self._ask(name)
        self._known[name] = now, value
        return value

    def _ask(self, name: str) -> str:
        try:
            return str(self._client.get_parameter(Name=name)["Parameter"]["Value"])
        except ClientError as error:
            raise ListUnreadable(f"the parameter {name} cannot be read: {code_of(error)}") from error
        except (BotoCoreError, KeyError) as error:
            raise ListUnreadable(f"the parameter {name} cannot be read: {type(error).__name__}") from error
