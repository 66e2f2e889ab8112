"""`laptop.Readers` on AWS: the credentials of this shell, and one assumed role an account."""

import os
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from endpoint_sweep.aws import plugs
from endpoint_sweep.aws.credential_errors import why_unusable
from endpoint_sweep.aws.members import AwsCellReaders
from endpoint_sweep.aws.regions import RegionWitness
from endpoint_sweep.aws.sessions import Member, Sessions
from endpoint_sweep.domain.errors import CellFailed, CellUnreachable
from endpoint_sweep.domain.model import Cell

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient

_SESSION_SECONDS = 3600  # One session serves every region of an account; role chaining allows no more (D9.5).


class LaptopReaders:
    """The caller's own account is read with the caller's own credentials, every other through `role`."""

    def __init__(
        self, sessions: Sessions, own_account: str, partition: str, role: str, external_id: str | None
    ) -> None:
        self._sessions = sessions
        self._own_account = own_account
        self._partition = partition
        self._role = role
        self._external_id = external_id
        self._members: dict[str, Future[Member]] = {}
        self._lock = threading.Lock()
        self._witness = RegionWitness(sessions.region(), lambda: sessions.hub("ssm"))

    def readers(self, cell: Cell) -> AwsCellReaders:
        """Raises RoleDenied or CellFailed."""
        member = self.member(cell.account)
        return AwsCellReaders(member, cell.region, plugs.by_type(plugs.PLUGS), self._witness, cell.account)

    def enabled(self, account: str) -> frozenset[str] | None:
        """What the account says of itself; None also where its role cannot be assumed."""
        try:
            return self._witness.enabled(self.member(account), account)
        except CellUnreachable:
            return None

    def member(self, account: str) -> Member:
        """Assumed by the first who asks; the others wait for the same answer."""
        mine: Future[Member] = Future()
        with self._lock:
            first = self._members.setdefault(account, mine)
        if first is not mine:
            return first.result()
        try:
            mine.set_result(self._open(account))
        except Exception as error:  # noqa: BLE001 - the threads that wait get the same error
            mine.set_exception(error)
        return mine.result()

    def _open(self, account: str) -> Member:
        if account == self._own_account:
            return self._sessions.own()
        arn = f"arn:{self._partition}:iam::{account}:role/{self._role}"
        return self._sessions.assume_role(arn, "scan", self._external_id, seconds=_SESSION_SECONDS)


def of_this_shell(profile: str | None, region: str | None, *, lean: bool = False) -> Sessions:
    """With the variables that the AWS CLI reads. Raises CellFailed if the profile cannot be used."""
    # botocore itself reads only AWS_DEFAULT_REGION.
    sessions = Sessions(lean=lean, profile=profile, region=region or os.environ.get("AWS_REGION") or None)
    try:
        sessions.chosen_region()
    except BotoCoreError as error:
        raise CellFailed(why_unusable(error, profile or os.environ.get("AWS_PROFILE", ""))) from error
    return sessions


def caller(sessions: Sessions) -> tuple[str, str]:
    """Account and partition of this shell's credentials. Raises CellFailed if there are none."""
    try:
        sts: STSClient = sessions.hub("sts")
        answer = sts.get_caller_identity()
    except HTTPClientError as error:
        raise CellFailed(f"AWS did not say whose credentials these are: {error}") from error
    except (ClientError, BotoCoreError, OSError) as error:
        raise CellFailed(why_unusable(error, sessions.profile)) from error
    return answer["Account"], answer["Arn"].split(":")[1]
