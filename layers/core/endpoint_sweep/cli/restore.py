"""`endpoint-sweep restore`: makes an endpoint again that a sweep deleted, from its restore bundle."""

import argparse
import re
from functools import partial
from typing import Any

from endpoint_sweep.aws import plugs
from endpoint_sweep.aws.sessions import Clients
from endpoint_sweep.aws.shell_credentials import LaptopReaders, caller
from endpoint_sweep.aws.written_bundle import bucket_of, written_bundle
from endpoint_sweep.cli import shell
from endpoint_sweep.domain.errors import UsageError
from endpoint_sweep.domain.model import ResourceId
from endpoint_sweep.resources.resource_type import Undo
from endpoint_sweep.rules.region_names import PATTERN

RESTORED, DIFFERS = 0, 3
_TARGET = re.compile(rf"[0-9]{{12}}/{PATTERN}/(?:[a-z-]{{1,40}}/)?[a-zA-Z0-9](?:-*[a-zA-Z0-9]){{0,62}}")


def add_parser(commands: Any) -> None:
    """The options of the command."""
    parser = commands.add_parser("restore", help="restore an endpoint that a sweep deleted")
    add = parser.add_argument
    add("sweep", metavar="SWEEP", help="the sweep that deleted it, as in the summary email")
    add("target", metavar="ACCOUNT/REGION/ENDPOINT", help="the endpoint, as in the summary email")
    add("--dry-run", action="store_true", help="only show what would be created")
    add("--resume", action="store_true", help="continue a restore that stopped: create what is still missing")
    add("--bucket", default="", metavar="NAME", help="the hub's bucket; by default the stack's output names it")
    add("--stack", default="endpoint-sweep", metavar="NAME", help="the hub's stack; endpoint-sweep by default")
    shell.add_session(parser)
    add(
        "--member-role",
        default="",
        metavar="NAME",
        help="the role to assume in the endpoint's account, which may create endpoints",
    )
    add("--external-id", metavar="X", help="the external id that the role requires")
    add(
        "--wait-minutes",
        type=int,
        default=45,
        metavar="N",
        help="how long to wait until each part is in service; 45 by default",
    )
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """The exit status: 0 restored as it was, 3 restored but for what is listed.

    Raises UsageError, RestoreFailed or CellUnreachable.
    """
    target = _target(given)
    sessions = shell.opened(given)
    own, partition = caller(sessions)
    if target.account != own and not given.member_role:
        raise UsageError(f"your credentials are not for account {target.account}: name a role with --member-role")
    bucket = given.bucket or bucket_of(sessions, given.stack)
    bundle = written_bundle(sessions, bucket, f"sweeps/{given.sweep}/restore/{target}.json")
    member = LaptopReaders(sessions, own, partition, given.member_role, given.external_id).member(target.account)
    plug = plugs.by_type(plugs.PLUGS)[target.type]
    how = Undo(partial(print, flush=True), given.dry_run, given.resume, given.wait_minutes * 60)
    wrong = plug.type.restore(plug.restorer(Clients(member, target.region)), bundle, how)
    if given.dry_run:
        return RESTORED
    for line in wrong:
        print(f"differs: {line}")
    print(f"{target} is in service again, {'except for the differences above' if wrong else 'as it was before'}")
    return DIFFERS if wrong else RESTORED


def _target(given: argparse.Namespace) -> ResourceId:
    if not _TARGET.fullmatch(given.target):
        raise UsageError("write the endpoint as 222222222222/eu-west-1/my-endpoint")
    try:
        target = ResourceId.parse(given.target)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if target.type not in plugs.by_type(plugs.PLUGS):
        raise UsageError(f"there is no type {target.type}; write an endpoint as 222222222222/eu-west-1/my-endpoint")
    shell.check_sweep(given.sweep)
    if not 1 <= given.wait_minutes <= 240:
        raise UsageError("--wait-minutes must be from 1 to 240")
    return target
