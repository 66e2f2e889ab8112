"""The environment of the functions, read once. Errors name the missing or invalid variable."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from endpoint_sweep.domain.errors import SettingsError
from endpoint_sweep.domain.model import Caps
from endpoint_sweep.ports import Maker
from endpoint_sweep.rules.decision_rules import Rules

LAST_MINUTES = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the hub stack was deployed with. `review_base_url` is empty if a function makes no links, and
    `configuration_set` if SES reports no bounces.
    """

    table: str
    bucket: str
    partition: str
    scan_role: str
    act_role: str
    external_id: str
    sender: str
    approvers: tuple[str, ...]
    recipients: tuple[str, ...]
    regions: tuple[str, ...]
    protect_tags: tuple[str, ...]
    lookback_days: int
    min_age_days: int
    minimum_coverage: int
    caps: Caps
    approval_ttl: timedelta
    wait_slice: timedelta
    delete_window: timedelta
    gone_check: timedelta
    scan_concurrency: int
    state_machine: str
    maker_keys: dict[Maker, str]
    cells_key: str
    seal_key: str
    rules: Rules
    kill_switch: str
    deny_accounts: tuple[str, ...] = ()
    review_base_url: str = ""
    configuration_set: str = ""

    def link_ttl(self, hours: int = 0) -> timedelta:
        """How long a link is valid. The last minutes of an approval are for carrying out the decision (S1.5).

        `hours`: what the sweep asked for, at most what the stack allows; 0: not set.
        """
        return min(self.approval_ttl, timedelta(hours=hours) or self.approval_ttl) - LAST_MINUTES

    @property
    def home_region(self) -> str:
        """The hub's region."""
        return self.state_machine.split(":")[3]

    @property
    def hub_account(self) -> str:
        return self.state_machine.split(":")[4]

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Reads the variables that `template.yaml` sets. Raises SettingsError naming the variable."""
        read = _Reader(environment)
        approvers = read.many("APPROVERS")
        caps = Caps(
            read.number("MAX_DELETES_PER_SWEEP"),
            read.number("MAX_DELETES_PER_ACCOUNT"),
            read.number("MAX_DELETE_PERCENT_OF_ACCOUNT"),
        )
        return cls(
            table=read.text("TABLE_NAME"),
            bucket=read.text("BUCKET_NAME"),
            partition=environment.get("PARTITION") or "aws",
            scan_role=read.text("SCAN_ROLE_NAME"),
            act_role=read.text("ACT_ROLE_NAME"),
            external_id=read.text("EXTERNAL_ID"),
            sender=environment.get("SENDER", ""),
            approvers=approvers,
            recipients=read.many("SUMMARY_RECIPIENTS") or approvers,
            regions=read.many("REGIONS"),
            protect_tags=read.many("PROTECT_TAGS"),
            lookback_days=read.number("LOOKBACK_DAYS"),
            min_age_days=read.number("MIN_AGE_DAYS"),
            minimum_coverage=read.number("MIN_COVERAGE_PERCENT"),
            caps=caps,
            approval_ttl=timedelta(minutes=read.number("APPROVAL_TTL_MINUTES")),
            wait_slice=timedelta(seconds=read.number("WAIT_SLICE_SECONDS")),
            delete_window=timedelta(minutes=read.number("DELETE_WINDOW_MINUTES")),
            gone_check=timedelta(seconds=read.number("GONE_CHECK_SECONDS")),
            scan_concurrency=read.number("SCAN_CONCURRENCY"),
            state_machine=read.text("STATE_MACHINE_ARN"),
            maker_keys={
                Maker.FINDINGS: read.text("FINDINGS_KEY_ARN"),
                Maker.LINKS: read.text("LINKS_KEY_ARN"),
                Maker.DECISIONS: read.text("MAC_KEY_ARN"),
                Maker.ACTS: read.text("ACTS_KEY_ARN"),
            },
            cells_key=read.text("CELLS_KEY_ARN"),
            seal_key=read.text("SEAL_KEY_ARN"),
            rules=Rules(
                approvers=approvers,
                minimum=read.number("MIN_APPROVERS"),
                two_above_endpoints=read.number("TWO_APPROVERS_ABOVE_ENDPOINTS"),
                two_above_usd=read.number("TWO_APPROVERS_ABOVE_USD"),
                two_for_accounts=frozenset(read.many("TWO_APPROVERS_FOR_ACCOUNTS")),
                code_required=read.text("REQUIRE_CODE") == "true",
                principals=read.pairs("APPROVER_PRINCIPALS"),
                caps=caps,
                grace=timedelta(minutes=read.number("GRACE_MINUTES")),
                window=timedelta(minutes=read.number("DELETE_WINDOW_MINUTES")),
            ),
            kill_switch=read.text("KILL_SWITCH"),
            deny_accounts=read.many("DENY_ACCOUNTS"),
            review_base_url=environment.get("REVIEW_BASE_URL", "").rstrip("/"),
            configuration_set=environment.get("CONFIGURATION_SET", ""),
        )


class _Reader:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def text(self, name: str) -> str:
        value = self._environment.get(name, "").strip()
        if not value:
            raise SettingsError(f"the environment variable {name} is missing or empty")
        return value

    def number(self, name: str) -> int:
        value = self.text(name)
        if not value.isascii() or not value.isdigit():
            raise SettingsError(f"the environment variable {name} must be a whole number, not {value[:20]!r}")
        return int(value)

    def many(self, name: str) -> tuple[str, ...]:
        value = self._environment.get(name, "")
        return tuple(part.strip() for part in value.split(",") if part.strip())

    def pairs(self, name: str) -> dict[str, str]:
        """`left=right` entries; an ARN has no equals sign."""
        parts = (part.partition("=") for part in self.many(name))
        return {left.strip(): right.strip() for left, _, right in parts}
