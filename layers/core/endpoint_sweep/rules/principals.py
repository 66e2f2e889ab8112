"""Who may decide with AWS credentials: which caller is which approver. No I/O.

AWS tells of a role's caller only the role, without its path, and the name of the session (D13.12). Whoever assumes a
role chooses that name, so a role is one person, whatever its sessions are called. Only the sessions of IAM Identity
Center are told apart: it names them after its users (D13.52).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from endpoint_sweep.rules.approvals import person

_ARN = r"arn:(?P<partition>[a-z-]+):"
_USER = re.compile(_ARN + r"iam::(?P<account>[0-9]{12}):user/[^=\s]+", re.ASCII)
_ROLE = re.compile(_ARN + r"iam::(?P<account>[0-9]{12}):role/(?:[^=\s]+/)?(?P<role>[^=/\s]+)", re.ASCII)
_SESSION = re.compile(
    _ARN + r"sts::(?P<account>[0-9]{12}):assumed-role/(?P<role>[^=/\s]+)/(?P<session>[^/\s]+)", re.ASCII
)
_OF = ("partition", "account", "role")
_IDENTITY_CENTER = "AWSReservedSSO_"


@dataclass(frozen=True, slots=True)
class Principal:
    """One entry: a user, a role with all its sessions, or one session. `role`: partition, account and name of the role,
    or nothing.
    """

    arn: str
    approver: str
    account: str
    role: tuple[str, ...] = ()
    session: str = ""

    @property
    def is_whole_role(self) -> bool:
        return bool(self.role) and not self.session

    @property
    def is_anybodys(self) -> bool:
        """Whether this is a session that anyone who may assume the role can take."""
        return bool(self.session) and not self.role[-1].startswith(_IDENTITY_CENTER)

    def is_caller(self, caller: str) -> bool:
        """Whether AWS calls this principal so. Upper and lower case count, as they do in ARNs."""
        if self.is_whole_role:
            session = _SESSION.fullmatch(caller)
            return session is not None and session.group(*_OF) == self.role
        return caller == self.arn and not self.is_anybodys


def principal(arn: str, approver: str) -> Principal | None:
    """The entry, or None if this is the ARN of something else."""
    if user := _USER.fullmatch(arn):
        return Principal(arn, approver, user["account"])
    if role := _ROLE.fullmatch(arn):
        return Principal(arn, approver, role["account"], role.group(*_OF))
    if session := _SESSION.fullmatch(arn):
        return Principal(arn, approver, session["account"], session.group(*_OF), session["session"])
    return None


def approver_of(principals: Iterable[Principal], caller: str) -> str:
    """The approver who calls; empty if it is no one, or if the entries do not agree on who it is."""
    found = {person(one.approver): one.approver for one in principals if one.is_caller(caller)}
    return "".join(found.values()) if len(found) == 1 else ""


def shared_role(principals: Sequence[Principal]) -> tuple[Principal, Principal] | None:
    """Two entries that give one role to different people, at least one of them all of it. An account has no two roles
    whose names differ only in case or path (D13.53).
    """
    for one, other in combinations(principals, 2):
        same = [part.casefold() for part in one.role] == [part.casefold() for part in other.role]
        whole = one.is_whole_role or other.is_whole_role
        if same and whole and person(one.approver) != person(other.approver):
            return one, other
    return None
