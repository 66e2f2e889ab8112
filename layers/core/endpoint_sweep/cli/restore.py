"""`endpoint-sweep restore`: makes an endpoint again that a sweep deleted, from its restore bundle."""

import argparse
import re
import sys
from typing import Any

from endpoint_sweep.aws.laptop import LaptopReaders, caller
from endpoint_sweep.aws.restoring import Restorer, bucket_of, written_bundle
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.errors import CellFailed, EndpointSweepError, InputRejected
from endpoint_sweep.model import EndpointId
from endpoint_sweep.restoring import Call, calls, differences, missing_parts, stale_alarms

RESTORED, FAILED, BAD_USAGE, DIFFERS = 0, 1, 2, 3
_TARGET = re.compile(r"([0-9]{12})/([a-z]{2}(?:-[a-z]+)+-[0-9]{1,2})/([a-zA-Z0-9](?:-*[a-zA-Z0-9]){0,62})")
_SWEEP = re.compile(r"[\w.-]{1,80}", re.ASCII)


def add_parser(commands: Any) -> None:
    """The options of the command."""
    parser = commands.add_parser("restore", help="make an endpoint again that a sweep deleted")
    add = parser.add_argument
    add("sweep", metavar="SWEEP", help="the sweep that deleted it, as in the summary mail")
    add("target", metavar="ACCOUNT/REGION/ENDPOINT", help="which endpoint, as in the summary mail")
    add("--dry-run", action="store_true", help="only say what would be made")
    add("--bucket", default="", metavar="NAME", help="the hub's bucket, instead of asking the stack")
    add("--stack", default="endpoint-sweep", metavar="NAME", help="the hub's stack, whose output names the bucket")
    add("--member-role", default="", metavar="NAME", help="a role in the endpoint's account that may create it")
    add("--external-id", metavar="X", help="the external id that the role asks for")
    add("--wait-minutes", type=int, default=45, metavar="N", help="how long to wait for each part to be in service")
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


def _left_to_make(there: Restorer, bundle: dict[str, Any], target: EndpointId) -> list[Call]:
    """Everything; or, where the endpoint of the bundle still stands, the inference components that it has lost."""
    if there.has_endpoint(target.endpoint):
        standing = there.bundle(target.endpoint, bundle["endpoint"]["EndpointArn"])
        is_same = standing["endpoint"]["CreationTime"] == bundle["endpoint"]["CreationTime"]
        left = missing_parts(bundle, standing) if is_same else []
        if not left:
            raise CellFailed(f"there is an endpoint {target.endpoint} already; nothing was changed")
        return left
    models = [name for name in bundle["models"] if there.has_model(name)]
    return calls(bundle, models, config_there=there.has_config(bundle["endpoint"]["EndpointConfigName"]))


def _target(given: argparse.Namespace) -> EndpointId:
    matched = _TARGET.fullmatch(given.target)
    if matched is None:
        raise InputRejected("name the endpoint like 222222222222/eu-west-1/my-endpoint")
    if not _SWEEP.fullmatch(given.sweep):
        raise InputRejected("SWEEP must be the name of a sweep, as in the summary mail")
    if not 1 <= given.wait_minutes <= 240:
        raise InputRejected("--wait-minutes must be from 1 to 240")
    return EndpointId(*matched.groups())


def _restore(given: argparse.Namespace, target: EndpointId) -> int:
    sessions = Sessions()
    own, partition = caller(sessions)
    if target.account != own and not given.member_role:
        raise InputRejected(f"{target.account} is not the account of this shell: name a role with --member-role")
    bucket = given.bucket or bucket_of(sessions, given.stack)
    bundle = written_bundle(sessions, bucket, f"sweeps/{given.sweep}/restore/{target}.json")
    member = LaptopReaders(sessions, own, partition, given.member_role, given.external_id).member(target.account)
    there = Restorer(member, target.region)
    for call in _left_to_make(there, bundle, target):
        print(f"{'would make' if given.dry_run else 'making'} {call.what}", flush=True)
        if not given.dry_run:
            there.make(call, given.wait_minutes * 60)
    if given.dry_run:
        return RESTORED
    now = there.bundle(target.endpoint, bundle["endpoint"]["EndpointArn"])
    wrong = differences(bundle, now)
    for line in stale_alarms(bundle, now):
        print(f"to do: {line}")
    for line in wrong:
        print(f"differs: {line}")
    print(f"{target} is in service again{', but for what differs' if wrong else ', as it was'}")
    return DIFFERS if wrong else RESTORED
