"""One pass over everything that a run wrote, with every secret that it minted.

Links' secrets and task tokens are long and random: they are searched for in everything. Six digits are not: in other
hubs they stand by chance, and within longer numbers and fractions of a second everywhere. A code is therefore
searched for in what its own hub wrote, as a word of its own.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from endpoint_sweep.rules.approvals import hash_code, hash_secret
from tests.leaks.spool import CODE, LINK, SHORTEST, Minted, bytes_again, minted, pieces

Links = dict[tuple[str, str], dict[str, str]]
Codes = dict[tuple[str, str, str], set[str]]
# A secret is recognised by its beginning, at any place of a run of the characters that secrets are made of.
_RUN = re.compile(rf"[\w.+/=-]{{{SHORTEST},}}", re.ASCII)
# Not #595959, 06:00:00.123456, 1,123456, 123456-7.
_DIGITS = re.compile(r"(?<![\w.,#:-])[0-9]{6}(?![\w-]|[.,][0-9])", re.ASCII)


@dataclass(slots=True)
class Found:
    """What the search says: `minted` by kind, `leaks` as sentences without the secret.

    `searched` bytes were written in the run; of these `different`: the same text need not be looked at twice.
    """

    minted: Counter[str] = field(default_factory=Counter)
    searched: int = 0
    different: int = 0
    leaks: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kinds = ", ".join(f"{count:,} {kind}s" for kind, count in sorted(self.minted.items()))
        return (
            f"secrets: {self.minted.total():,} minted ({kinds or 'none'}), {self.searched / 1e6:,.0f} MB searched "
            f"({self.different / 1e6:,.0f} MB of it different), {len(self.leaks)} found outside their addressee's mail"
        )


def search(folder: Path) -> Found:
    """Everything in the spool's folder."""
    found = Found()
    secrets = list(dict.fromkeys(minted(folder)))
    found.minted.update(one.kind for one in secrets)
    addressees = _addressees(secrets, folder)
    long: dict[str, list[Minted]] = defaultdict(list)
    for one in secrets:
        if one.kind != CODE:
            long[one.word[:SHORTEST]].append(one)
    codes = {(one.hub, one.word): one for one in secrets if one.kind == CODE}
    looked_at: dict[str, tuple[Minted, ...]] = {}
    for piece in pieces(folder):
        found.different += len(piece.text.encode("utf-8", "replace"))
        hits = [hit for run in set(_RUN.findall(piece.text)) for hit in _within(run, long, looked_at)]
        hits += [codes[piece.hub, word] for word in set(_DIGITS.findall(piece.text)) if (piece.hub, word) in codes]
        found.leaks += [
            f"a {one.kind} stands in {piece.place}"
            for one in hits
            if not piece.to or addressees.get(one) != piece.to  # its addressee's mail is where it belongs
        ]
    found.searched = found.different + bytes_again(folder)
    return found


def _within(run: str, secrets: dict[str, list[Minted]], looked_at: dict[str, tuple[Minted, ...]]) -> Iterable[Minted]:
    """The secrets in one run of characters; the same run, a name or a hash, comes again and again."""
    if run not in looked_at:
        looked_at[run] = tuple(
            one
            for start in range(len(run) - SHORTEST + 1)
            for one in secrets.get(run[start : start + SHORTEST], ())
            if run.startswith(one.word, start)
        )
    return looked_at[run]


def _addressees(secrets: Sequence[Minted], folder: Path) -> dict[Minted, str]:
    """Whose a secret is: whom the stored record takes its bearer for, not whom it was mailed to."""
    links, codes = _recorded(folder)
    by_hash = {hash_secret(one.word): one for one in secrets if one.kind == LINK}
    by_hub = defaultdict(list)
    for one in secrets:
        if one.kind == CODE:
            by_hub[one.hub].append(one)
    whose = {}
    for (hub, approval), known in links.items():
        for hashed, approver in known.items():
            if link := by_hash.get(hashed):
                whose[link] = approver
                wanted = codes[hub, approval, hashed[:32]]
                own = by_hub[hub] if wanted else ()
                whose |= {one: approver for one in own if hash_code(one.word, link.word) in wanted}
    return whose


def _recorded(folder: Path) -> tuple[Links, Codes]:
    """What stood in the table: of each approval the hashes of its links, of each link those of its codes."""
    links: Links = defaultdict(dict)
    codes: Codes = defaultdict(set)
    for piece in pieces(folder):
        place, _, kind = piece.row.partition(" ")
        prefix, _, approval = place.partition("#")
        document = _document(piece.text) if prefix in ("ASKED", "DECIDED") else {}
        if kind == "REQUEST":
            known = document.get("links")
            for one in known if isinstance(known, list) else ():
                links[piece.hub, approval][str(one.get("hash"))] = str(one.get("approver"))
        elif kind.startswith("CODE#"):
            # A stack before its upgrade knew one code at a time.
            emailed = document.get("codes", [document])
            hashes = {str(one["hash"]) for one in emailed if "hash" in one} if isinstance(emailed, list) else set()
            codes[piece.hub, approval, kind.removeprefix("CODE#")] |= hashes
    return links, codes


def _document(text: str) -> dict[str, Any]:
    """The document of an item; empty where it cannot be read: some tests write other things there."""
    try:
        document = json.loads(json.loads(text)["document"]["S"])
    except (ValueError, KeyError, TypeError):
        return {}
    return document if isinstance(document, dict) else {}
