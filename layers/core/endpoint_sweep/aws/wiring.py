"""Everything a function needs, made once a process, when it is first asked for."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import Any

from endpoint_sweep.aws import plugs
from endpoint_sweep.aws.callers import AwsCallers
from endpoint_sweep.aws.compute_optimizer import AwsSecondOpinion
from endpoint_sweep.aws.cost_explorer import AwsCostExplorer
from endpoint_sweep.aws.events import AwsEvents
from endpoint_sweep.aws.executions import AwsExecutions
from endpoint_sweep.aws.list_parameters import AwsListParameters
from endpoint_sweep.aws.mailer import AwsMailer
from endpoint_sweep.aws.members import AwsMembers
from endpoint_sweep.aws.metrics import AwsMetrics
from endpoint_sweep.aws.organizations import AwsOrganization
from endpoint_sweep.aws.plugs import Plug, types_of
from endpoint_sweep.aws.price_list import AwsPriceList
from endpoint_sweep.aws.regions import AwsRegions, RegionWitness
from endpoint_sweep.aws.schedules import AwsSchedules
from endpoint_sweep.aws.seals import AwsSeals
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.aws.store import AwsStore
from endpoint_sweep.aws.switch_parameter import AwsKillSwitch
from endpoint_sweep.aws.table import AwsTable
from endpoint_sweep.resources.resource_type import ResourceTypes
from endpoint_sweep.rules.decision_rules import Rules
from endpoint_sweep.rules.principals import Principal
from endpoint_sweep.rules.scopes import Scope
from endpoint_sweep.settings.environment import (
    ActSettings,
    DecideSettings,
    HubSettings,
    PeopleSettings,
    ScanSettings,
    Variables,
)
from endpoint_sweep.settings.schedule import ScheduleSettings
from endpoint_sweep.storage.records import Records


class Hub:
    """The settings and the adapters. All are made lazily: a function pays only for what it uses, and needs no more.

    Every property raises SettingsError naming what is missing.
    """

    def __init__(self, environment: Mapping[str, str], plugs: tuple[Plug, ...]) -> None:
        self._variables = Variables(environment, self._read_list)
        self._settings = HubSettings.of(self._variables)
        self._plugs = plugs
        self._sessions = Sessions()

    # settings: not cached, because a list may change while the process lives

    @property
    def scan_settings(self) -> ScanSettings:
        return ScanSettings.of(self._variables)

    @property
    def decide_settings(self) -> DecideSettings:
        return DecideSettings.of(self._variables)

    @property
    def act_settings(self) -> ActSettings:
        return ActSettings.of(self._variables)

    @property
    def people_settings(self) -> PeopleSettings:
        return PeopleSettings.of(self._variables)

    @property
    def schedule_settings(self) -> ScheduleSettings:
        return ScheduleSettings.of(self._variables)

    @property
    def stack_scope(self) -> Scope:
        return self._variables.scope

    @property
    def rules(self) -> Rules:
        return self._variables.rules

    @property
    def approvers(self) -> tuple[str, ...]:
        return self._variables.approvers

    @property
    def principals(self) -> tuple[Principal, ...]:
        return self._variables.principals

    @property
    def recipients(self) -> tuple[str, ...]:
        return self._variables.recipients

    @property
    def deny_accounts(self) -> tuple[str, ...]:
        return self._variables.deny_accounts

    @property
    def gone_check(self) -> timedelta:
        return self._variables.gone_check

    @property
    def code_ttl(self) -> timedelta:
        return self._variables.code_ttl

    @property
    def review_base_url(self) -> str:
        return self._variables.review_base_url

    @property
    def home_region(self) -> str:
        return self._settings.home_region

    # adapters

    @cached_property
    def store(self) -> AwsStore:
        return AwsStore(self._sessions.hub("s3"), self._settings.bucket)

    @cached_property
    def records(self) -> Records:
        return Records(AwsTable(self._sessions.hub("dynamodb"), self._settings.table), self.store, self.seals)

    @cached_property
    def organization(self) -> AwsOrganization:
        return AwsOrganization(self._sessions.hub("organizations"))

    @cached_property
    def regions(self) -> AwsRegions:
        return AwsRegions(self._sessions.hub("account"), self._settings.hub_account, self._ssm)

    @cached_property
    def price_list(self) -> AwsPriceList:
        return AwsPriceList.near(self._settings.home_region, lambda home: self._sessions.at("pricing", home))

    @cached_property
    def optimizer(self) -> AwsSecondOpinion:
        return AwsSecondOpinion(lambda region: self._sessions.at("compute-optimizer", region))

    @property
    def bills(self) -> AwsCostExplorer | None:
        """None where no role to ask Cost Explorer with is given."""
        role, external_id = self._variables.optional("COST_ROLE_ARN"), self._variables.text("EXTERNAL_ID")
        return AwsCostExplorer(lambda: self._cost_client(role, external_id)) if role else None

    def _cost_client(self, role: str, external_id: str) -> Any:
        member = self._sessions.assume_role(role, "costs", external_id)
        # One address for a whole partition.
        return member.client("ce", "cn-northwest-1" if self._settings.partition == "aws-cn" else "us-east-1")

    @cached_property
    def scan_members(self) -> AwsMembers:
        return self._members("SCAN_ROLE_NAME")

    @cached_property
    def act_members(self) -> AwsMembers:
        return self._members("ACT_ROLE_NAME")

    def _members(self, role: str) -> AwsMembers:
        text = self._variables.text
        names = text("ROLE_PATH"), text(role), text("EXTERNAL_ID")
        witness = RegionWitness(self.home_region, lambda: self._ssm)
        return AwsMembers(self._sessions, self._settings.partition, *names, self._plugs, witness)

    @cached_property
    def types(self) -> ResourceTypes:
        return types_of(self._plugs)

    @cached_property
    def switch(self) -> AwsKillSwitch:
        return AwsKillSwitch(self._ssm, self._variables.text("KILL_SWITCH"))

    @cached_property
    def mailer(self) -> AwsMailer:
        configuration_set = self._variables.optional("CONFIGURATION_SET")
        return AwsMailer(self._sessions.hub("sesv2"), self._variables.sender, configuration_set)

    @cached_property
    def events(self) -> AwsEvents:
        return AwsEvents(lambda: self._events_client, self._variables.text("EVENT_BUS"), self.now)

    @cached_property
    def _events_client(self) -> Any:
        return self._sessions.brief("events")

    @cached_property
    def metrics(self) -> AwsMetrics:
        return AwsMetrics(self._settings.stack)

    @cached_property
    def seals(self) -> AwsSeals:
        settings = self._settings
        return AwsSeals(self._sessions.hub("kms"), settings.maker_keys, settings.cells_key, settings.seal_key)

    @cached_property
    def callers(self) -> AwsCallers:
        return AwsCallers(self._sessions.sts(self._sessions.region()), self.now)

    @cached_property
    def executions(self) -> AwsExecutions:
        return AwsExecutions(self._sessions.hub("stepfunctions"), self._settings.state_machine)

    @cached_property
    def schedules(self) -> AwsSchedules:
        return AwsSchedules(self._sessions.hub("scheduler"))

    def _read_list(self, name: str) -> str:
        return self._lists.read(name)

    @cached_property
    def _lists(self) -> AwsListParameters:
        return AwsListParameters(self._ssm, self.now)

    @cached_property
    def _ssm(self) -> Any:
        return self._sessions.hub("ssm")

    @staticmethod
    def now() -> datetime:
        return datetime.now(UTC)


@cache
def hub() -> Hub:
    """Raises SettingsError naming the variable that is missing."""
    return Hub(os.environ, plugs.PLUGS)
