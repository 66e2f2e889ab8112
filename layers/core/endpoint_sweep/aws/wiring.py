"""Everything a function needs, made once a process, when it is first asked for."""

import os
from datetime import UTC, datetime
from functools import cache, cached_property

from endpoint_sweep.aws import plugs
from endpoint_sweep.aws.callers import AwsCallers
from endpoint_sweep.aws.compute_optimizer import AwsSecondOpinion
from endpoint_sweep.aws.executions import AwsExecutions
from endpoint_sweep.aws.mailer import AwsMailer
from endpoint_sweep.aws.members import AwsMembers
from endpoint_sweep.aws.organizations import AwsOrganization
from endpoint_sweep.aws.plugs import Plug, types_of
from endpoint_sweep.aws.price_list import AwsPriceList, home_of
from endpoint_sweep.aws.regions import AwsRegions
from endpoint_sweep.aws.seals import AwsSeals
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.aws.store import AwsStore
from endpoint_sweep.aws.switch_parameter import AwsKillSwitch
from endpoint_sweep.aws.table import AwsTable
from endpoint_sweep.resources.resource_type import ResourceTypes
from endpoint_sweep.settings.environment import Settings
from endpoint_sweep.storage.records import Records


class Hub:
    """The settings and the adapters. Clients are made lazily: a function pays only for what it uses."""

    def __init__(self, settings: Settings, plugs: tuple[Plug, ...]) -> None:
        self.settings = settings
        self._plugs = plugs
        self._sessions = Sessions()

    @cached_property
    def store(self) -> AwsStore:
        return AwsStore(self._sessions.hub("s3"), self.settings.bucket)

    @cached_property
    def records(self) -> Records:
        return Records(AwsTable(self._sessions.hub("dynamodb"), self.settings.table), self.store, self.seals)

    @cached_property
    def organization(self) -> AwsOrganization:
        return AwsOrganization(self._sessions.hub("organizations"))

    @cached_property
    def regions(self) -> AwsRegions:
        return AwsRegions(self._sessions.hub("account"), self.settings.hub_account, self._sessions.hub("ssm"))

    @cached_property
    def price_list(self) -> AwsPriceList:
        return AwsPriceList(self._sessions.at("pricing", home_of(self.settings.home_region)))

    @cached_property
    def optimizer(self) -> AwsSecondOpinion:
        return AwsSecondOpinion(lambda region: self._sessions.at("compute-optimizer", region))

    @cached_property
    def members(self) -> AwsMembers:
        return AwsMembers(self._sessions, self.settings, self._plugs)

    @cached_property
    def types(self) -> ResourceTypes:
        return types_of(self._plugs)

    @cached_property
    def switch(self) -> AwsKillSwitch:
        return AwsKillSwitch(self._sessions.hub("ssm"), self.settings.kill_switch)

    @cached_property
    def mailer(self) -> AwsMailer:
        return AwsMailer(self._sessions.hub("sesv2"), self.settings.sender, self.settings.configuration_set)

    @cached_property
    def seals(self) -> AwsSeals:
        settings = self.settings
        return AwsSeals(self._sessions.hub("kms"), settings.maker_keys, settings.cells_key, settings.seal_key)

    @cached_property
    def callers(self) -> AwsCallers:
        return AwsCallers(self._sessions.sts(self._sessions.region()), self.now)

    @cached_property
    def executions(self) -> AwsExecutions:
        return AwsExecutions(self._sessions.hub("stepfunctions"), self.settings.state_machine)

    @staticmethod
    def now() -> datetime:
        return datetime.now(UTC)


@cache
def hub() -> Hub:
    """Raises SettingsError naming the variable that is missing."""
    return Hub(Settings.from_environment(os.environ), plugs.PLUGS)
