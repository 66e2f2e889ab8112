"""Commands that mend, as they are typed."""

import json
import shlex
from collections.abc import Mapping
from typing import Any

from endpoint_sweep.doctor.finding import Fix


def deploy() -> Fix:
    return Fix("make deploy")


def set_parameter(name: str, value: str) -> Fix:
    """Another value of one parameter of the stack."""
    quoted = value
    for mark in ("\\", '"', "`"):
        quoted = quoted.replace(mark, f"\\{mark}")
    quoted = quoted.replace("$", "\\$\\$")  # make reads a single dollar sign as a variable
    return Fix(f'make deploy SET="{name}={quoted}"')


def aws(
    service: str,
    operation: str,
    options: Mapping[str, Any],
    *,
    region: str,
    profile: str = "",
    account: str = "",
) -> Fix:
    """`options`: by their names without dashes; True is a flag, a list or an object becomes JSON."""
    words = ["aws", service, operation]
    for name, value in options.items():
        words.append(f"--{name}")
        if value is not True:
            words.append(value if isinstance(value, str) else json.dumps(value, separators=(",", ":")))
    words += ["--region", region]
    if profile and not account:
        words += ["--profile", profile]
    return Fix(shlex.join(words), account)
