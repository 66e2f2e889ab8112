"""The hub's mail, sent by SES."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from endpoint_sweep.aws.error_translation import code_of
from endpoint_sweep.domain.errors import MailRefused


class AwsMailer:
    """`ports.Mailer` on SES: one recipient a message, text and HTML."""

    def __init__(self, client: Any, sender: str, configuration_set: str = "") -> None:
        self._client = client
        self._sender = sender
        # Bounces and complaints are reported for mails that name a configuration set.
        self._reported = {"ConfigurationSetName": configuration_set} if configuration_set else {}

    def send(self, recipient: str, subject: str, text: str, html: str, approval: str = "") -> None:
        body = {"Text": {"Data": text, "Charset": "UTF-8"}, "Html": {"Data": html, "Charset": "UTF-8"}}
        simple = {"Subject": {"Data": subject, "Charset": "UTF-8"}, "Body": body}
        try:
            self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [recipient]},
                Content={"Simple": simple},
                EmailTags=[{"Name": "approval", "Value": approval}] if approval else [],
                **self._reported,
            )
        except ClientError as error:
            raise MailRefused(f"the mail service said {code_of(error)}") from error
        except BotoCoreError as error:
            raise MailRefused(f"the mail service did not answer: {type(error).__name__}") from error
