"""The kill switch, as a parameter of Systems Manager."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from endpoint_sweep.aws.error_translation import code_of
from endpoint_sweep.domain.errors import SwitchMissing, SwitchUnreadable

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


class AwsKillSwitch:
    """`ports.KillSwitch` on a parameter of Systems Manager."""

    def __init__(self, client: "SSMClient", name: str) -> None:
        self._client = client
        self._name = name

    def read(self) -> str:
        try:
            return str(self._client.get_parameter(Name=self._name)["Parameter"]["Value"])
        except self._client.exceptions.ParameterNotFound as error:
            raise SwitchMissing(self._name) from error
        except ClientError as error:
            raise SwitchUnreadable(code_of(error)) from error
        except BotoCoreError as error:
            raise SwitchUnreadable(type(error).__name__) from error
