"""What the hub remembers, and the keys that prove it."""

from collections.abc import Iterator

from endpoint_sweep.aws.installation import parts
from endpoint_sweep.doctor.finding import Check, Finding, Fix, ok, wrong
from endpoint_sweep.doctor.installation import Installation
from endpoint_sweep.reports.text import plural

_KEY = "AWS::KMS::Key"


def keys(one: Installation) -> Iterator[Finding]:
    """Without one of them nothing is proven, so nothing is offered or deleted."""
    found = one.parts_of(_KEY)
    states = {each: parts.key_state(one.ask, each.physical) for each in found}
    bad = {each: state for each, state in states.items() if state != "Enabled"}
    for each, state in bad.items():
        is_there = f"is {state}" if state else "is not there"
        yield wrong(f"{each.logical} {is_there}, so no sweep can prove its records", *_mend(one, each.physical, state))
    if not found:
        yield wrong("the stack has no keys", one.drift())
    elif not bad:
        yield ok(f"{plural(len(found), 'key')}, all enabled")


def _mend(one: Installation, key: str, state: str) -> Iterator[Fix]:
    which = {"key-id": key}
    if state == "PendingDeletion":
        yield one.aws("kms", "cancel-key-deletion", which)
    if state in ("PendingDeletion", "Disabled"):
        yield one.aws("kms", "enable-key", which)
    else:
        yield one.drift()


def bucket(one: Installation) -> Iterator[Finding]:
    name = one.output("BucketName")
    status = parts.versioning(one.ask, name)
    if status == "Enabled":
        yield ok(f"{name} keeps every version")
    elif status is None:
        yield wrong(f"the bucket {name} is not there", one.drift())
    else:
        options = {"bucket": name, "versioning-configuration": "Status=Enabled"}
        fix = one.aws("s3api", "put-bucket-versioning", options)
        yield wrong(f"{name} does not keep every version, so what someone overwrites is lost", fix)


def table(one: Installation) -> Iterator[Finding]:
    name = one.output("TableName")
    recovers = parts.recovers(one.ask, name)
    if recovers:
        yield ok(f"{name} can be restored to a point in time")
    elif recovers is None:
        yield wrong(f"the table {name} is not there", one.drift())
    else:
        options = {
            "table-name": name,
            "point-in-time-recovery-specification": "PointInTimeRecoveryEnabled=true",
        }
        fix = one.aws("dynamodb", "update-continuous-backups", options)
        yield wrong(f"{name} cannot be restored to a point in time", fix)


CHECKS: tuple[Check[Installation], ...] = (
    Check("keys", keys),
    Check("bucket", bucket),
    Check("table", table),
)
