"""The lists of the stack, checked entry by entry: a typo must never leave an account or a person out.

An error begins with `E_LIST`, names the parameter of the stack and the fix, and echoes little.
"""

import re
from collections.abc import Collection, Iterable

from endpoint_sweep.domain.errors import InputRejected, ListInvalid
from endpoint_sweep.rules.principals import Principal, principal, shared_role
from endpoint_sweep.rules.region_names import is_name

ACCOUNT = re.compile(r"[0-9]{12}")
UNIT = re.compile(r"r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
# What AWS takes in keys and values of tags; a value may have equals signs, a pattern has one more.
_TAG = re.compile(r"[\w\s.:/=+@-]{1,400}")
_SHOWN = 20
_UNSEEN = re.compile(r"[^\w .:/=+@,;*-]")


def split(text: str) -> tuple[str, ...]:
    """The entries without blanks around them, whatever they are."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def accounts(parameter: str, text: str) -> tuple[str, ...]:
    """Raises ListInvalid."""
    entries = _entries(parameter, text)
    for entry in entries:
        if not ACCOUNT.fullmatch(entry):
            fix = "write each account as 12 digits with its leading zeros, and separate them by commas"
            raise ListInvalid(f"E_LIST: the stack parameter {parameter} has {_shown(entry)}; {fix}")
    return _once(parameter, entries)


def units(parameter: str, text: str) -> tuple[str, ...]:
    """Raises ListInvalid."""
    entries = _entries(parameter, text)
    for entry in entries:
        if not UNIT.fullmatch(entry):
            fix = "write each organizational unit as ou-ab12-11111111, or a root as r-ab12, and separate them by commas"
            raise ListInvalid(f"E_LIST: the stack parameter {parameter} has {_shown(entry)}; {fix}")
    return _once(parameter, entries)


def regions(parameter: str, text: str) -> tuple[str, ...]:
    """Which of them are regions is known to AWS. Raises ListInvalid."""
    entries = _entries(parameter, text)
    for entry in entries:
        if not is_name(entry):
            fix = "write each region as its code, such as eu-west-1, and separate them by commas"
            raise ListInvalid(f"E_LIST: the stack parameter {parameter} has {_shown(entry)}; {fix}")
    return _once(parameter, entries)


def tags(parameter: str, text: str) -> tuple[str, ...]:
    """Raises ListInvalid."""
    entries = _entries(parameter, text)
    for entry in entries:
        if not _TAG.fullmatch(entry) or not entry.partition("=")[0].strip():
            fix = "write each tag as key or key=value, and separate them by commas"
            raise ListInvalid(f"E_LIST: the stack parameter {parameter} has {_shown(entry)}; {fix}")
    return _once(parameter, entries)


def check_addresses(parameter: str, entries: Iterable[str]) -> None:
    """Raises InputRejected."""
    found = tuple(entries)
    if wrong := [entry for entry in found if not ADDRESS.fullmatch(entry)]:
        are = f"{len(wrong)} {'entry that is' if len(wrong) == 1 else 'entries that are'} not a plain email address"
        raise InputRejected(f"E_LIST: the stack parameter {parameter} has {are}, such as finops@example.com")
    _refuse_twice(parameter, found)


def principals(entries: Iterable[str]) -> tuple[Principal, ...]:
    """The entries `arn=address` that can be understood: any other is no one. An ARN has no equals sign."""
    pairs = (entry.partition("=") for entry in entries)
    found = (principal(arn.strip(), address.strip()) for arn, _, address in pairs)
    return tuple(one for one in found if one)


def check_principals(entries: Iterable[str], approvers: Collection[str], accounts: Collection[str]) -> None:
    """Each `arn=address` of an approver, no one twice, no role of two people. `accounts`: whose principals reach the
    API. Raises InputRejected.
    """
    names = "the stack parameters ApproverPrincipals and MoreApproverPrincipals"
    found = []
    for entry in entries:
        arn, equals, address = (part.strip() for part in entry.partition("="))
        one = principal(arn, address)
        if not equals or not one:
            fix = "write each as arn:aws:iam::111111111111:role/finops=ada@example.com"
            raise InputRejected(f"E_LIST: {names} have {_shown(entry)}; {fix}")
        if one.is_anybodys:
            raise InputRejected(
                f"E_LIST: {names} have a session of the role {_shown(one.role[-1])}, but whoever assumes a role "
                "chooses the name of the session; give each approver a role of their own and list that role, or use "
                "the sessions of IAM Identity Center (AWSReservedSSO_…)"
            )
        if address not in approvers:
            raise InputRejected(f"E_LIST: {names} give {_shown(arn)} an address that is not in Approvers; add it there")
        if one.account not in accounts:
            raise InputRejected(
                f"E_LIST: {names} have a principal of account {one.account}, which cannot reach the review API; add "
                "the account to the stack parameter ApproverAccounts"
            )
        found.append(one)
    if both := shared_role(found):
        people = " and ".join(one.approver for one in both)
        raise InputRejected(
            f"E_LIST: {names} give the role {_shown(both[0].role[-1])} to {people}, but a role is one person, whatever "
            "its path and its sessions are called; give each of them a role of their own"
        )
    _refuse_twice("ApproverPrincipals", ["/".join(one.role) if one.is_whole_role else one.arn for one in found])


def _entries(parameter: str, text: str) -> tuple[str, ...]:
    """A value may not be empty, so the stack puts a comma before it (D9.8). Raises ListInvalid for a blank entry."""
    whole = text.strip().removeprefix(",").strip()
    if not whole:
        return ()
    entries = tuple(part.strip() for part in whole.split(","))
    if not all(entries):
        raise ListInvalid(f"E_LIST: the stack parameter {parameter} has an empty entry; remove the extra comma")
    return entries


def _once(parameter: str, entries: tuple[str, ...]) -> tuple[str, ...]:
    if again := _twice(entries):
        raise ListInvalid(f"E_LIST: the stack parameter {parameter} has {_shown(again)} twice; remove one")
    return entries


def _refuse_twice(parameter: str, entries: Iterable[str]) -> None:
    if again := _twice(tuple(entries)):
        raise InputRejected(f"E_LIST: the stack parameter {parameter} has {_shown(again)} twice; remove one")


def _twice(entries: tuple[str, ...]) -> str:
    """The first entry that comes again, in whatever case and with whatever blanks; empty if none does."""
    plain = ["".join(entry.casefold().split()) for entry in entries]
    return next((entry for number, entry in enumerate(entries) if plain[number] in plain[:number]), "")


def _shown(entry: str) -> str:
    kept = _UNSEEN.sub("?", entry)
    return f'"{kept}"' if len(kept) <= _SHOWN else f'"{kept[: _SHOWN - 1]}…"'
