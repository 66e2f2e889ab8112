"""The hub's emails, sent by SES."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from endpoint_sweep.aws.error_translation import code_of
from endpoint_sweep.domain.errors import MailRefused

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import BodyTypeDef, SendEmailRequestTypeDef


class AwsMailer:
    """`ports.Mailer` on SES: one recipient per message, text and HTML."""

    def __init__(self, client: "SESV2Client", sender: str, configuration_set: str = "") -> None:
        self._client = client
        self._sender = sender
        self._configuration_set = configuration_set

    def send(self, recipient: str, subject: str, text: str, html: str, approval: str = "") -> None:
        body: BodyTypeDef = {"Text": {"Data": text, "Charset": "UTF-8"}, "Html": {"Data": html, "Charset": "UTF-8"}}
        request: SendEmailRequestTypeDef = {
            "FromEmailAddress": self._sender,
            "Destination": {"ToAddresses": [recipient]},
            "Content": {"Simple": {"Subject": {"Data": subject, "Charset": "UTF-8"}, "Body": body}},
            "EmailTags": [{"Name": "approval", "Value": approval}] if approval else [],
        }
        if self._configuration_set:
            # Bounces and complaints are reported for emails that name a configuration set.
            request["ConfigurationSetName"] = self._configuration_set
        try:
            self._client.send_email(**request)
        except ClientError as error:
            raise MailRefused(f"the mail service said {code_of(error)}") from error
        except BotoCoreError as error:
            raise MailRefused(f"the mail service did not answer: {type(error).__name__}") from error
