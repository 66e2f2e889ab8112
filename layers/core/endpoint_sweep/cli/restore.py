"""`endpoint-sweep restore`: makes an endpoint again that a sweep deleted, from its restore bundle."""

import argparse
import re
import sys
from typing import Any

from endpoint_sweep.aws.restorer import Restorer, bucket_of, written_bundle
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.aws.shell_credentials import LaptopReaders, caller
from endpoint_sweep.domain.errors import CellFailed, EndpointSweepError, InputRejected
from endpoint_sweep.domain.model import ResourceId
from endpoint_sweep.resources.endpoint.restore_plan import (
    Call,
    all_calls,
    differences,
    missing_parts,
    remaining_calls,
    stale_alarms,
    why_another,
)

RESTORED, FAILED, BAD_USAGE, DIFFERS = 0, 1, 2, 3
_TARGET = re.compile(r"([0-9]{12})/([a-z]{2}(?:-[a-z]+)+-[0-9]{1,2})/([a-zA-Z0-9](?:-*[a-zA-Z0-9]){0,62})")
_SWEEP = re.compile(r"[\w.-]{1,80}", re.ASCII)


def add_parser(commands: Any) -> None:
    """The options of the command."""
    parser = commands.add_parser("restore", help="restore an endpoint that a sweep deleted")
    add = parser.add_argument
    add("sweep", metavar="SWEEP", help="the sweep that deleted it, as in the summary email")
    add("target", metavar="ACCOUNT/REGION/ENDPOINT", help="the endpoint, as in the summary email")
    add("--dry-run", action="store_true", help="only show what would be created")
    add("--resume", action="store_true", help="continue a restore that stopped: create what is still missing")
    add("--bucket", default="", metavar="NAME", help="the hub's bucket; by default the stack's output names it")
    add("--stack", default="endpoint-sweep", metavar="NAME", help="the hub's stack")
    add("--member-role", default="", metavar="NAME", help="a role in the endpoint's account that can create it")
    add("--external-id", metavar="X", help="the external id that the role requires")
    add("--wait-minutes", type=int, default=45, metavar="N", help="how long to wait until each part is in service")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """The exit status: 0 restored as it was, 3 restored but for what is listed, 2 bad usage, 1 failed."""
    try:
        target = _target(given)
        return _restore(given, target)
    except InputRejected as error:
        print(f"endpoint-sweep restore: {error}", file=sys.stderr)
        return BAD_USAGE
    except EndpointSweepError as error:
        print(f"endpoint-sweep restore: {error}", file=sys.stderr)
        return FAILED


def _left_to_make(there: Restorer, bundle: dict[str, Any], given: argparse.Namespace) -> list[Call]:
    """Everything; or, where the endpoint stands, what it has lost in a sweep, or lacks of a restore that stopped."""
    then = bundle["endpoint"]
    name = then["EndpointName"]
    if not there.has_endpoint(name):
        models = [model for model in bundle["models"] if there.has_model(model)]
        return all_calls(bundle, models, config_there=there.has_config(then["EndpointConfigName"]))
    standing = there.bundle(name, then["EndpointArn"])
    if given.resume:
        return _rest(there, bundle, standing, given)
    is_same = standing["endpoint"]["CreationTime"] == then["CreationTime"]
    left = missing_parts(bundle, standing) if is_same else []
    if not left:
        hint = "if a restore stopped halfway, add --resume"
        raise CellFailed(f"endpoint {name} already exists; nothing was changed; {hint}")
    return left


def _rest(there: Restorer, bundle: dict[str, Any], standing: dict[str, Any], given: argparse.Namespace) -> list[Call]:
    """Waits for what is being made still, because nothing can be added to it before."""
    name, arn = bundle["endpoint"]["EndpointName"], bundle["endpoint"]["EndpointArn"]
    _check_ours(bundle, standing)
    if not given.dry_run:
        there.wait("endpoint", name, given.wait_minutes * 60)
        for one in standing["inference_components"]:
            there.wait("component", one["InferenceComponentName"], given.wait_minutes * 60)
        standing = there.bundle(name, arn)
        _check_ours(bundle, standing)
    return remaining_calls(bundle, standing)


def _check_ours(bundle: dict[str, Any], standing: dict[str, Any]) -> None:
    """Raises CellFailed if nothing should be added to the existing endpoint."""
    name = bundle["endpoint"]["EndpointName"]
    if why := why_another(bundle, standing):
        raise CellFailed(f"another endpoint named {name} exists: {why}; nothing was changed")
    if standing["endpoint"]["EndpointStatus"] == "Failed":
        raise CellFailed(f"endpoint {name} exists with status Failed; delete it, then run the restore again")


def _target(given: argparse.Namespace) -> ResourceId:
    matched = _TARGET.fullmatch(given.target)
    if matched is None:
        raise InputRejected("write the endpoint as 222222222222/eu-west-1/my-endpoint")
    if not _SWEEP.fullmatch(given.sweep):
        raise InputRejected("SWEEP must be the name of a sweep, as in the summary email")
    if not 1 <= given.wait_minutes <= 240:
        raise InputRejected("--wait-minutes must be from 1 to 240")
    return ResourceId(*matched.groups())


def _restore(given: argparse.Namespace, target: ResourceId) -> int:
    sessions = Sessions()
    own, partition = caller(sessions)
    if target.account != own and not given.member_role:
        raise InputRejected(f"your credentials are not for account {target.account}: name a role with --member-role")
    bucket = given.bucket or bucket_of(sessions, given.stack)
    bundle = written_bundle(sessions, bucket, f"sweeps/{given.sweep}/restore/{target}.json")
    member = LaptopReaders(sessions, own, partition, given.member_role, given.external_id).member(target.account)
    there = Restorer(member, target.region)
    for call in _left_to_make(there, bundle, given):
        print(f"{'would create' if given.dry_run else 'creating'} {call.what}", flush=True)
        if not given.dry_run:
            _make(there, call, given)
    if given.dry_run:
        return RESTORED
    now = there.bundle(target.name, bundle["endpoint"]["EndpointArn"])
    wrong = differences(bundle, now)
    for line in stale_alarms(bundle, now):
        print(f"to do: {line}")
    for line in wrong:
        print(f"differs: {line}")
    print(f"{target} is in service again, {'except for the differences above' if wrong else 'as it was before'}")
    return DIFFERS if wrong else RESTORED


def _make(there: Restorer, call: Call, given: argparse.Namespace) -> None:
    try:
        there.make(call, given.wait_minutes * 60)
    except EndpointSweepError as error:
        raise CellFailed(f"{error}; to create the rest, run this again with --resume") from error
