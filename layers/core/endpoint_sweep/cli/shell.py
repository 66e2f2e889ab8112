"""What several commands ask for in the same way: the shell's profile and region, a role, regions, a file."""

import argparse
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from endpoint_sweep.aws.regions import known, offered
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.aws.shell_credentials import of_this_shell
from endpoint_sweep.domain.errors import UsageError
from endpoint_sweep.rules.region_names import why_refused

# The defaults of member-roles.yaml.
SCAN_ROLE, EXTERNAL_ID = "endpoint-sweep-scan", "endpoint-sweep"
_SWEEP = re.compile(r"[\w.-]{1,80}", re.ASCII)
_ROLE = re.compile(r"(?:arn:[a-z-]+:iam::(?:[0-9]{12}|\*):role/)?((?:[\w+=,.@-]+/)*[\w+=,.@-]{1,64})", re.ASCII)


def add_session(parser: argparse.ArgumentParser) -> None:
    """Those of the AWS CLI, with its meaning."""
    parser.add_argument("--profile", metavar="NAME", help="the AWS profile whose credentials are used")
    parser.add_argument("--region", metavar="R", help="the AWS region, instead of the one that is configured")


def opened(given: argparse.Namespace, *, lean: bool = False, needs_region: bool = True) -> Sessions:
    """Raises CellFailed for a profile that cannot be used, and UsageError for a region that is none or not set."""
    sessions = of_this_shell(given.profile, given.region, lean=lean)
    if given.region:
        refuse_unknown("--region", [given.region], sessions)
    if needs_region and not sessions.chosen_region():
        fix = "use --region eu-west-1, set AWS_REGION, or give the profile one with aws configure set region eu-west-1"
        raise UsageError(f"no region is configured: {fix}")
    return sessions


def add_role(parser: argparse.ArgumentParser) -> None:
    """The role that reads in other accounts."""
    parser.add_argument(
        "--scan-role",
        "--member-role",
        dest="scan_role",
        default=SCAN_ROLE,
        metavar="NAME",
        help="the role to assume in other accounts, by name or ARN; any read-only role",
    )
    parser.add_argument("--external-id", metavar="X", help="the external id that the role requires")


def role_of(given: argparse.Namespace) -> tuple[str, str | None]:
    """The role's name with its path, and the external id. An ARN stands for the same role in every account. The roles
    of member-roles.yaml require an external id, others may not know any.
    """
    found = _ROLE.fullmatch(given.scan_role)
    if not found:
        raise UsageError(
            "--scan-role must be the name of a role, or its ARN such as arn:aws:iam::222222222222:role/audit"
        )
    default = EXTERNAL_ID if given.scan_role == SCAN_ROLE else None
    return found[1], given.external_id if given.external_id is not None else default


def listed_regions(text: str) -> tuple[str, ...]:
    """Raises UsageError."""
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    if len(set(names)) != len(names):
        raise UsageError("--regions has a duplicate entry")
    return names


def refuse_unknown(place: str, names: Iterable[str], sessions: Sessions) -> None:
    """Raises UsageError for what is no region. `place`: where it stands."""
    here = sessions.region()
    if why := why_refused(place, names, known(here), lambda: offered(sessions.hub("ssm"))):
        raise UsageError(why)


def is_sweep(name: str) -> bool:
    """Whether it has the form of a sweep's name. Others would become part of a key or a path."""
    return _SWEEP.fullmatch(name) is not None


def check_sweep(name: str) -> None:
    """Raises UsageError."""
    if not is_sweep(name):
        raise UsageError("SWEEP must be the name of a sweep, as in its emails")


def add_output(parser: argparse.ArgumentParser) -> None:
    """Where the result goes."""
    parser.add_argument("--output", type=Path, metavar="FILE", help="write to this file instead of standard output")


def check_output(path: Path | None) -> None:
    """Before anything is asked of AWS. Raises UsageError."""
    if path and path.is_dir():
        raise UsageError(f"--output must be a file, but {path} is a folder")
    if path and not path.absolute().parent.is_dir():
        raise UsageError(f"--output: the folder {path.parent} does not exist")


def put(text: str, path: Path | None) -> None:
    """Raises OSError."""
    if path:
        path.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
