"""Parameters that must fit each other, checked by the code that the functions check them with."""

import re
from collections.abc import Mapping
from dataclasses import replace

from endpoint_sweep.domain.errors import InputRejected, SettingsError, UsageError
from endpoint_sweep.domain.model import Mode
from endpoint_sweep.settings.environment import ActSettings, DecideSettings, PeopleSettings, ScanSettings, Variables
from endpoint_sweep.settings.sweep_input import SCHEDULE, check_people, parse

_UNKNOWN = "0" * 12


def cross_check(values: Mapping[str, str]) -> None:
    """`values`: every parameter of the hub stack. Raises UsageError.

    What a sweep in approve mode needs is checked as soon as there are approvers, whatever the schedule does.
    """
    if bool(values.get("VpcSubnetIds")) != bool(values.get("VpcSecurityGroupIds")):
        raise UsageError("VpcSubnetIds and VpcSecurityGroupIds belong together: set both, or leave both empty")
    settings = variables(values, _UNKNOWN)
    is_asking = values["Mode"] == Mode.APPROVE or values["Approvers"].strip()
    mode = Mode.APPROVE if is_asking else Mode.REPORT
    try:
        decide = DecideSettings.of(settings)
        data = {"mode": mode.value, "requested_by": SCHEDULE}
        parse("check", data, ScanSettings.of(settings), decide, ActSettings.of(settings))
        people = PeopleSettings.of(settings)
        # Which account becomes the hub is not known here: the functions check it, and the doctor does.
        anywhere = {one.account for one in settings.principals}
        check_people(mode, replace(people, accounts=(*people.accounts, *sorted(anywhere))), decide.rules)
    except (InputRejected, SettingsError) as error:
        raise UsageError(str(error)) from error


def variables(values: Mapping[str, str], hub_account: str) -> Variables:
    """The environment that the template makes of them: `MinApprovers` is MIN_APPROVERS, and a list that grows is in a
    parameter of Systems Manager, whose value begins with a comma.
    """
    environment = {variable(name): value for name, value in values.items()}
    environment |= {f"{variable(name)}_PARAMETER": name for name in values}
    environment["STATE_MACHINE_ARN"] = f"arn:aws:states:us-east-1:{hub_account}:stateMachine:endpoint-sweep"
    more = {"ApproverPrincipals": f",{values.get('MoreApproverPrincipals', '')}"}
    return Variables(environment, lambda name: f",{values[name]}{more.get(name, '')}")


def variable(parameter: str) -> str:
    """As in MIN_APPROVERS."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", parameter).upper()
