"""The approvers of a journey, who get links to the API's own address, as in any stack without a domain."""

import re
import runpy
from pathlib import Path
from typing import Any

from tests.deploy.deployed import Deployed, until
from tests.simulation.hub.approver import Approver

ADA, GRACE = "ada@example.com", "grace@example.com"
_LINK = re.compile(r"https://\w+\.execute-api\.[\w.-]+/v1(/a/[0-9a-f]+\?k=[\w-]+)")
_SECRET = re.compile(r"(/a/[0-9a-f]{6})[0-9a-f]*\?k=[\w-]+")


def link(deployed: Deployed, sweep: str, approver: str) -> str:
    """Path and query of the approver's link, once the sweep waits for a decision."""

    def mailed() -> str | None:
        waiting = any(item["pk"]["S"].startswith("WAIT#") for item in deployed.items())
        texts = [mail.text for mail in deployed.aws.mails() if mail.to == (approver,) and sweep in mail.subject]
        found = _LINK.search(" ".join(texts))
        return found[1] if found and waiting else None

    return until(mailed, f"the mail to {approver}", 60)


def approver(deployed: Deployed, link: str, of: type[Any] = Approver) -> Any:
    """Ada at the address that this machine has for the stack's API, who reads her mails for the code.

    AWS keeps an API whose definition changes, and with it the address of older links. MiniStack makes another one.
    `of`: who can fill in the page, by default that of this version.
    """
    api = deployed.resource("ReviewApi")
    return of(f"{deployed.aws.endpoint}/_aws/execute-api/{api}/v1{link}", lambda: deployed.texts(ADA))


def earlier_approver(checkout: Path, snoozed: str = "") -> type[Any]:
    """Who could fill in the page of an earlier version, from its own tests. `snoozed`: an endpoint, for a week."""
    there = runpy.run_path(str(checkout / "tests" / "simulation" / "hub" / "approver.py"))

    def post(self: Any, fields: dict[str, str]) -> Any:
        nap = {there["_Fields"].of(self.open().body).rows[snoozed]: "7"} if snoozed else {}
        return there["Approver"].post(self, {**fields, **nap})

    return type("EarlierApprover", (there["Approver"],), {"post": post})


def mails(deployed: Deployed, sweep: str) -> str:
    """What Ada was mailed about a sweep, without the secrets of links, and without codes."""
    found = [one for one in deployed.aws.mails() if one.to == (ADA,) and sweep in one.subject]
    shown = [f"Subject: {one.subject}\n\n{one.text.strip()}" for one in found if "Your code: " not in one.text]
    return _SECRET.sub(r"\1…?k=…", "\n\n\n".join(shown))
