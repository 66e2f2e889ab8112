"""The settings of the functions: each reads only what it needs. Errors name what is missing or invalid."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from endpoint_sweep.domain.errors import SettingsError
from endpoint_sweep.domain.model import Caps
from endpoint_sweep.ports import Maker
from endpoint_sweep.rules.bounds import ACCOUNTS, EXCLUDE_ACCOUNTS, EXCLUDE_REGIONS, EXCLUDE_UNITS, UNITS
from endpoint_sweep.rules.decision_rules import Rules
from endpoint_sweep.rules.principals import Principal
from endpoint_sweep.rules.scopes import Scope
from endpoint_sweep.settings import lists

LAST_MINUTES = timedelta(minutes=15)
SHORT_SLICE = timedelta(minutes=1)  # how often what was decided is checked while KMS is silent


class Variables:
    """The environment of one function. Every reader raises SettingsError naming the variable.

    Lists that grow do not fit into an environment. They are parameters of Systems Manager, and a variable has the name.
    `read_parameter`: its value; raises SettingsError.
    """

    def __init__(self, environment: Mapping[str, str], read_parameter: Callable[[str], str]) -> None:
        self._environment = environment
        self._read_parameter = read_parameter

    def text(self, name: str) -> str:
        value = self.optional(name)
        if not value:
            raise SettingsError(f"the environment variable {name} is missing or empty")
        return value

    def optional(self, name: str) -> str:
        return self._environment.get(name, "").strip()

    def number(self, name: str) -> int:
        value = self.text(name)
        if not value.isascii() or not value.isdigit():
            raise SettingsError(f"the environment variable {name} must be a whole number, not {value[:20]!r}")
        return int(value)

    def words(self, name: str) -> tuple[str, ...]:
        """A short list, in the variable itself."""
        return lists.split(self.optional(name))

    def listed(self, name: str) -> tuple[str, ...]:
        """A list that grows, in the parameter that the variable names."""
        return lists.split(self._read_parameter(self.text(name)))

    @property
    def protect_tags(self) -> tuple[str, ...]:
        """Tags that keep whatever has them. Raises ListInvalid if one cannot be understood."""
        return lists.tags("ProtectTags", self.optional("PROTECT_TAGS"))

    # what several functions need, or one without the rest of its settings

    @property
    def sender(self) -> str:
        return self.optional("SENDER")

    @property
    def approvers(self) -> tuple[str, ...]:
        return self.listed("APPROVERS_PARAMETER")

    @property
    def recipients(self) -> tuple[str, ...]:
        """Who gets the summaries: the approvers, unless someone else is named."""
        return self.listed("SUMMARY_RECIPIENTS_PARAMETER") or self.approvers

    @property
    def deny_accounts(self) -> tuple[str, ...]:
        """Where nothing is ever deleted. Raises ListInvalid if it cannot be understood: then nothing is deleted."""
        return lists.accounts("DenyAccounts", self._read_parameter(self.text("DENY_ACCOUNTS_PARAMETER")))

    @property
    def names_in_scope(self) -> Scope:
        """The stack's scope as far as names alone say what is in it: without the units, which only Organizations knows.
        Raises ListInvalid if a list cannot be understood: then nothing is deleted.
        """
        return Scope(
            accounts=lists.accounts(ACCOUNTS, self._read_parameter(self.text("ACCOUNTS_PARAMETER"))),
            exclude_accounts=lists.accounts(
                EXCLUDE_ACCOUNTS, self._read_parameter(self.text("EXCLUDE_ACCOUNTS_PARAMETER"))
            ),
            exclude_regions=lists.regions(
                EXCLUDE_REGIONS, self._read_parameter(self.text("EXCLUDE_REGIONS_PARAMETER"))
            ),
        )

    @property
    def scope(self) -> Scope:
        """The outer bound of every sweep. Raises ListInvalid if a list cannot be understood: then no sweep starts."""
        units = self._read_parameter(self.text("ORGANIZATIONAL_UNITS_PARAMETER"))
        no_units = self._read_parameter(self.text("EXCLUDE_ORGANIZATIONAL_UNITS_PARAMETER"))
        return replace(
            self.names_in_scope,
            organizational_units=lists.units(UNITS, units),
            exclude_organizational_units=lists.units(EXCLUDE_UNITS, no_units),
        )

    @property
    def two_approvers_for(self) -> tuple[str, ...]:
        """Raises ListInvalid if it cannot be understood: then no one can decide."""
        text = self._read_parameter(self.text("TWO_APPROVERS_FOR_ACCOUNTS_PARAMETER"))
        return lists.accounts("TwoApproversForAccounts", text)

    @property
    def principals(self) -> tuple[Principal, ...]:
        """Who may decide with AWS credentials."""
        return lists.principals(self.listed("APPROVER_PRINCIPALS_PARAMETER"))

    @property
    def hub_account(self) -> str:
        return self.text("STATE_MACHINE_ARN").split(":")[4]

    @property
    def approver_accounts(self) -> tuple[str, ...]:
        """Other accounts than the hub's whose principals may decide. Raises ListInvalid."""
        return lists.accounts("ApproverAccounts", self.optional("APPROVER_ACCOUNTS"))

    @property
    def rules(self) -> Rules:
        """The stack's rules for decisions."""
        below = self.number("BARELY_USED_BELOW")
        return Rules(
            approvers=self.approvers,
            minimum=self.number("MIN_APPROVERS"),
            two_above_endpoints=self.number("TWO_APPROVERS_ABOVE_ENDPOINTS"),
            two_above_usd=self.number("TWO_APPROVERS_ABOVE_USD"),
            two_for_accounts=frozenset(self.two_approvers_for),
            code_required=self.text("REQUIRE_CODE") == "true",
            caps=Caps(
                self.number("MAX_DELETES_PER_SWEEP"),
                self.number("MAX_DELETES_PER_ACCOUNT"),
                self.number("MAX_DELETE_PERCENT_OF_ACCOUNT"),
            ),
            grace=timedelta(minutes=self.number("GRACE_MINUTES")),
            window=timedelta(minutes=self.number("DELETE_WINDOW_MINUTES")),
            offered_below=below if self.offer_barely_used else 0,
        )

    @property
    def offer_barely_used(self) -> bool:
        """Only `true` is true."""
        return self.text("OFFER_BARELY_USED") == "true"

    @property
    def gone_check(self) -> timedelta:
        """How long to wait between checks of a resource that is being deleted."""
        return timedelta(seconds=self.number("GONE_CHECK_SECONDS"))

    @property
    def code_ttl(self) -> timedelta:
        """How long an emailed code is valid."""
        return timedelta(minutes=self.number("CODE_TTL_MINUTES"))

    @property
    def review_base_url(self) -> str:
        return self.text("REVIEW_BASE_URL").rstrip("/")


@dataclass(frozen=True, slots=True)
class HubSettings:
    """What every function has: where the hub keeps things, and its keys."""

    table: str
    bucket: str
    state_machine: str
    maker_keys: dict[Maker, str]
    cells_key: str
    seal_key: str

    @property
    def partition(self) -> str:
        return self.state_machine.split(":")[1]

    @property
    def home_region(self) -> str:
        """The hub's region."""
        return self.state_machine.split(":")[3]

    @property
    def stack(self) -> str:
        """The name of the hub's stack, which its state machine shares."""
        return self.state_machine.rpartition(":")[2]

    @property
    def hub_account(self) -> str:
        return self.state_machine.split(":")[4]

    @classmethod
    def of(cls, variables: Variables) -> "HubSettings":
        return cls(
            table=variables.text("TABLE_NAME"),
            bucket=variables.text("BUCKET_NAME"),
            state_machine=variables.text("STATE_MACHINE_ARN"),
            maker_keys={
                Maker.FINDINGS: variables.text("FINDINGS_KEY_ARN"),
                Maker.LINKS: variables.text("LINKS_KEY_ARN"),
                Maker.DECISIONS: variables.text("MAC_KEY_ARN"),
                Maker.ACTS: variables.text("ACTS_KEY_ARN"),
            },
            cells_key=variables.text("CELLS_KEY_ARN"),
            seal_key=variables.text("SEAL_KEY_ARN"),
        )


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """What is scanned, and what is offered."""

    regions: tuple[str, ...]
    protect_tags: tuple[str, ...]
    lookback_days: int
    min_age_days: int
    barely_used_below: int
    offer_barely_used: bool
    minimum_coverage: int
    scan_concurrency: int
    deny_accounts: tuple[str, ...]

    @classmethod
    def of(cls, variables: Variables) -> "ScanSettings":
        return cls(
            regions=variables.words("REGIONS"),
            protect_tags=variables.protect_tags,
            lookback_days=variables.number("LOOKBACK_DAYS"),
            min_age_days=variables.number("MIN_AGE_DAYS"),
            barely_used_below=variables.number("BARELY_USED_BELOW"),
            offer_barely_used=variables.offer_barely_used,
            minimum_coverage=variables.number("MIN_COVERAGE_PERCENT"),
            scan_concurrency=variables.number("SCAN_CONCURRENCY"),
            deny_accounts=variables.deny_accounts,
        )


@dataclass(frozen=True, slots=True)
class DecideSettings:
    """Who is asked, how long, and what counts as a decision. `sender` is empty if no one can be asked."""

    rules: Rules
    sender: str
    approval_ttl: timedelta
    wait_slice: timedelta

    def link_ttl(self, hours: int = 0) -> timedelta:
        """How long a link is valid. The last minutes of an approval are for carrying out the decision (S1.5).

        `hours`: what the sweep asked for, at most what the stack allows; 0: not set.
        """
        return min(self.approval_ttl, timedelta(hours=hours) or self.approval_ttl) - LAST_MINUTES

    @classmethod
    def of(cls, variables: Variables) -> "DecideSettings":
        return cls(
            rules=variables.rules,
            sender=variables.sender,
            approval_ttl=timedelta(minutes=variables.number("APPROVAL_TTL_MINUTES")),
            wait_slice=timedelta(seconds=variables.number("WAIT_SLICE_SECONDS")),
        )


@dataclass(frozen=True, slots=True)
class ActSettings:
    """What may be deleted, and how. `scope`: the stack's by now, without its units."""

    rules: Rules
    deny_accounts: tuple[str, ...]
    scope: Scope
    gone_check: timedelta

    @classmethod
    def of(cls, variables: Variables) -> "ActSettings":
        return cls(variables.rules, variables.deny_accounts, variables.names_in_scope, variables.gone_check)


@dataclass(frozen=True, slots=True)
class PeopleSettings:
    """Who decides with AWS credentials, as the entries stand there, and who else gets the summaries. `accounts`: whose
    principals reach the review API.
    """

    principals: tuple[str, ...]
    accounts: tuple[str, ...]
    recipients: tuple[str, ...]

    @classmethod
    def of(cls, variables: Variables) -> "PeopleSettings":
        return cls(
            principals=variables.listed("APPROVER_PRINCIPALS_PARAMETER"),
            accounts=(variables.hub_account, *variables.approver_accounts),
            recipients=variables.listed("SUMMARY_RECIPIENTS_PARAMETER"),
        )
