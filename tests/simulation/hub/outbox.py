"""The complete mails that moto accepted."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from moto.sesv2.responses import SESV2Response


@dataclass(frozen=True, slots=True)
class Mail:
    """One accepted mail, with its tag `approval`."""

    to: str
    subject: str
    text: str
    html: str
    approval: str = ""


def keeping(outbox: list[Mail]) -> Callable[[SESV2Response], str]:
    """moto keeps only the HTML of a message; this keeps both parts of every message that it accepted."""
    send_email = SESV2Response.send_email

    def send(response: SESV2Response) -> str:
        answer: str = send_email(response)
        asked = json.loads(response.body)
        simple, to = asked["Content"]["Simple"], asked["Destination"]["ToAddresses"]
        body = simple["Body"]
        tags = {one["Name"]: one["Value"] for one in asked.get("EmailTags") or []}
        texts = (simple["Subject"]["Data"], body["Text"]["Data"], body["Html"]["Data"])
        outbox.append(Mail(", ".join(to), *texts, tags.get("approval", "")))
        return answer

    return send
