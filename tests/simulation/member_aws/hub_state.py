"""What AWS knows of the hub account and of the Organization's services beside what moto stores."""

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
class HubState:
    """`instances`: of each StackSet the status and the last operation's end, by account and region. `allowing_delete`:
    StackSets whose parameter AllowDelete is true. `trusted`: the services with trusted access; `delegated`: accounts by
    service. `concurrency`: Lambda's quota, and what is reserved.
    """

    mail: MailState = field(default_factory=MailState)
    concurrency: int = 1000
    reserved: int = 0
    trusted: set[str] = field(default_factory=set)
    delegated: dict[str, set[str]] = field(default_factory=dict)
    allowing_delete: set[str] = field(default_factory=set)
    instances: dict[str, dict[tuple[str, str], tuple[str, str]]] = field(default_factory=dict)
