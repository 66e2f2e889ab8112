"""The commands that bring member-roles.yaml into the accounts of an Organization, for the AWS CLI."""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

ROOT_ID = "ROOT_ID"  # what stands there if the Organization could not be asked
_PRINCIPAL = "member.org.stacksets.cloudformation.amazonaws.com"
_PREFERENCES = ("--operation-preferences", "FailureTolerancePercentage=20,MaxConcurrentPercentage=20")
_CAPABILITIES = ("--capabilities", "CAPABILITY_NAMED_IAM")
_ALLOW = "AllowDelete"


@dataclass(frozen=True, slots=True)
class Command:
    """`about`: what it is for. `is_optional`: it is shown as a comment."""

    about: str
    words: tuple[str, ...]
    is_optional: bool = False

    def text(self) -> str:
        """As a shell takes it, an option a line."""
        lines: list[list[str]] = [[]]
        for word in map(shlex.quote, self.words):
            if word.startswith("--"):
                lines.append([" ", word])
            else:
                lines[-1].append(word)
        return " \\\n".join(" ".join(line) for line in lines)


@dataclass(frozen=True, slots=True)
class StackSet:
    """`parameters`: all of the member template's that must match the hub. `template`: the path of its file.

    `by_delegate`: a delegated administrator of StackSets runs the commands, not the management account.
    """

    hub_stack: str
    hub_account: str
    region: str
    template: str
    parameters: Mapping[str, str]
    units: tuple[str, ...]
    allow_delete_for: tuple[str, ...]
    by_delegate: bool

    @property
    def name(self) -> str:
        return f"{self.hub_stack}-member-roles"

    def creating(self) -> Iterator[Command]:
        """StackSets queue them one after the other, so they may be run at once (D13.13)."""
        yield from self._before()
        yield self._command(
            "The StackSet. It makes no roles yet.",
            "create-stack-set",
            *self._named,
            *self._body({**self.parameters, _ALLOW: "false"}),
            *("--permission-model", "SERVICE_MANAGED"),
            *("--auto-deployment", "Enabled=true,RetainStacksOnAccountRemoval=false"),
            *("--managed-execution", "Active=true"),
        )
        yield self._command(
            "The scan role in every account of these units, in one region because roles are global.",
            "create-stack-instances",
            *self._named,
            *("--deployment-targets", _units(self.units)),
            *("--regions", self.region),
            *_PREFERENCES,
        )
        yield from self._allowing()
        yield self._management("create-stack", self._body({**self.parameters, _ALLOW: "false"}))

    def updating(self) -> Iterator[Command]:
        """Accounts keep their own AllowDelete (D13.13)."""
        yield self._command(
            "The roles of every account. Wait until this is done before you update the hub stack.",
            "update-stack-set",
            *self._named,
            *self._body(self.parameters, kept=_ALLOW),
            *_PREFERENCES,
        )
        yield from self._allowing()
        yield self._management("update-stack", self._body(self.parameters, kept=_ALLOW))

    def _before(self) -> Iterator[Command]:
        once = "Once for an Organization, in the management account"
        words = ("aws", "cloudformation", "activate-organizations-access", "--region", self.region)
        yield Command(f"{once}: StackSets may see its accounts.", words, is_optional=True)
        if self.by_delegate:
            who = ("--service-principal", _PRINCIPAL, "--account-id", self.hub_account)
            register = ("aws", "organizations", "register-delegated-administrator", *who)
            yield Command(f"{once}: the hub's account may manage StackSets.", register, is_optional=True)

    def _allowing(self) -> Iterator[Command]:
        if not self.allow_delete_for:
            return
        yield self._command(
            "The role that deletes, in the accounts that are in these units now. Repeat it when more have joined.",
            "update-stack-instances",
            *self._named,
            *("--deployment-targets", _units(self.allow_delete_for)),
            *("--regions", self.region),
            *("--parameter-overrides", f"ParameterKey={_ALLOW},ParameterValue=true"),
            *_PREFERENCES,
        )

    def _management(self, operation: str, body: tuple[str, ...]) -> Command:
        # StackSets leave that account out (D7.5).
        about = "With credentials of the management account, which StackSets leave out: its scan role."
        words = ("aws", "cloudformation", operation, "--stack-name", self.name, *body, "--region", self.region)
        return Command(about, words)

    def _command(self, about: str, operation: str, *options: str) -> Command:
        as_delegate = ("--call-as", "DELEGATED_ADMIN") if self.by_delegate else ()
        return Command(about, ("aws", "cloudformation", operation, *options, *as_delegate, "--region", self.region))

    @property
    def _named(self) -> tuple[str, str]:
        return "--stack-set-name", self.name

    def _body(self, values: Mapping[str, str], kept: str = "") -> tuple[str, ...]:
        """`kept`: a parameter that keeps its value. JSON, because a value may have commas."""
        rows: list[dict[str, object]] = [
            {"ParameterKey": name, "ParameterValue": value} for name, value in values.items() if name != kept
        ]
        if kept:
            rows.append({"ParameterKey": kept, "UsePreviousValue": True})
        return "--template-body", f"file://{self.template}", *_CAPABILITIES, "--parameters", json.dumps(rows)


def _units(ids: tuple[str, ...]) -> str:
    return f"OrganizationalUnitIds={','.join(ids)}"
