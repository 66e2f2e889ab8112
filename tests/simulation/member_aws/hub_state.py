"""What AWS knows of the hub account and of the Organization's services beside what moto stores."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"
SUCCEEDED = "SUCCEEDED"


@dataclass
class MailState:
    """Of Amazon SES. Identities that moto stores are verified, except for those that are `unverified`."""

    production: bool = True
    sends: bool = True
    paused_sets: set[str] = field(default_factory=set)
    unverified: set[str] = field(default_factory=set)
    suppressed: dict[str, str] = field(default_factory=dict)


@dataclass
class StackSetState:
    """What a StackSet gives each of its stacks. `overrides`: what an account has instead."""

    template: str
    parameters: dict[str, str]
    overrides: dict[str, dict[str, str]] = field(default_factory=dict)

    def of(self, account: str) -> dict[str, str]:
        return self.parameters | self.overrides.get(account, {})


@dataclass
class HubState:
    """`instances`: of each StackSet the status and the last operation's end, by account and region. `allowing_delete`:
    StackSets whose parameter AllowDelete is true. `trusted`: the services with trusted access; `delegated`: accounts by
    service. `concurrency`: Lambda's quota, and what is reserved. `stack_sets`: those that were created by a call.
    `put_stack(account, region, StackSet's name, template, parameters)` makes or updates a real stack of one, where
    there are real stacks; without a template it deletes the stack.
    """

    mail: MailState = field(default_factory=MailState)
    concurrency: int = 1000
    reserved: int = 0
    trusted: set[str] = field(default_factory=set)
    delegated: dict[str, set[str]] = field(default_factory=dict)
    allowing_delete: set[str] = field(default_factory=set)
    instances: dict[str, dict[tuple[str, str], tuple[str, str]]] = field(default_factory=dict)
    stack_sets: dict[str, StackSetState] = field(default_factory=dict)
    put_stack: Callable[[str, str, str, str, Mapping[str, str]], None] | None = None
