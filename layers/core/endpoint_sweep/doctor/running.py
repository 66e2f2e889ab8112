"""What happens when a sweep runs: room for it, its page, how the last one ended, and who hears of trouble."""

from collections import Counter
from collections.abc import Iterator

from endpoint_sweep.aws.installation import parts
from endpoint_sweep.aws.installation.page import Reached, open_page
from endpoint_sweep.doctor import commands
from endpoint_sweep.doctor.finding import Check, Finding, Fix, note, ok, unknown, wrong
from endpoint_sweep.doctor.installation import Installation
from endpoint_sweep.domain.model import Mode
from endpoint_sweep.reports.text import clean, plural

_QUOTA = "L-B99A9384"  # concurrent executions of Lambda (D9.16)
_SPARE = 100  # Lambda keeps so many for functions without a reservation (D9.16)


def concurrency(one: Installation) -> Iterator[Finding]:
    """The scan may not starve the account's other functions, nor they the scan."""
    found = parts.concurrency(one.ask)
    wanted = one.variables.number("SCAN_CONCURRENCY")
    if found.unreserved >= wanted:
        yield ok(f"{found.unreserved:,} of {found.limit:,} executions at a time are free for ScanConcurrency {wanted}")
        return
    more = found.limit - found.unreserved + wanted + _SPARE
    options = {"service-code": "lambda", "quota-code": _QUOTA, "desired-value": str(more)}
    fix = one.aws("service-quotas", "request-service-quota-increase", options)
    seen = f"ScanConcurrency is {wanted}, and {found.unreserved:,} of {found.limit:,} executions at a time are free"
    yield wrong(f"{seen}, so Lambda refuses some. Until AWS has raised the quota, a lower ScanConcurrency helps", fix)


def page(one: Installation) -> Iterator[Finding]:
    """What needs no link shows whether the page can be reached at all."""
    url = one.output("ReviewUrl")
    found = open_page(url)
    back = commands.set_parameter("ReviewBaseUrl", "")
    is_own = not one.parameter("ReviewBaseUrl")
    match found.reached:
        case Reached.PAGE:
            yield ok(f"{found.host} answers over TLS")
        case Reached.REFUSED:
            seen = f"{found.host} refuses this network"
            yield unknown(f"{seen}; look from one of AllowedAddresses, or add this one to it")
        case Reached.SOMETHING_ELSE if is_own:
            yield wrong(f"{found.host} answers {found.status}, but not with the review page", commands.deploy())
        case Reached.NO_CONNECTION if is_own:
            yield unknown(f"there is no connection to {found.host} from here; look from another network")
        case Reached.NO_NAME if is_own:
            yield unknown(f"the name {found.host} is not known here; look from another network")
        case Reached.SOMETHING_ELSE:
            yield wrong(f"{found.host} answers {found.status}, but not with the review page; links would not work. The "
                        "address of the API itself does", back)  # fmt: skip
        case Reached.NO_NAME:
            seen = f"no name server knows {found.host}; links would not work"
            yield wrong(f"{seen}. The address of the API itself does", back)
        case Reached.NO_TLS | Reached.BAD_CERTIFICATE:
            yield wrong(f"{found.host} has no valid certificate, so a browser warns. The API itself has one", back)
        case Reached.NO_CONNECTION:
            yield wrong(f"there is no connection to {found.host}. The address of the API itself may work", back)


def sweep(one: Installation) -> Iterator[Finding]:
    """How the last one ended, and whether it saw enough."""
    last = one.last_ended
    if last is None or last.ended is None:
        yield unknown("no sweep has ended yet; start one that only reports", one.sweep())
        return
    when = f"{last.name} ended {last.ended:%Y-%m-%d %H:%M} UTC"
    if last.status != "SUCCEEDED":
        options = {"execution-arn": last.arn, "query": "[status,error,cause]"}
        fix = one.aws("stepfunctions", "describe-execution", options)
        yield wrong(f"{when}: {last.status}. Everything not yet deleted was kept", fix, one.sweep())
        return
    minimum = one.variables.number("MIN_COVERAGE_PERCENT")
    swept = one.swept_by(last.name)  # another sweep may have begun since
    if swept is None:
        yield note(f"{when}; it scanned nothing")
    elif swept.coverage.percent < minimum:
        causes = Counter(row.cause.value for row in swept.coverage.rows if row.cause)
        why = ", ".join(f"{count} {cause}" for cause, count in causes.most_common())
        seen = f"{when}; it scanned {swept.coverage.percent}%, and MinCoveragePercent is {minimum}"
        yield wrong(f"{seen}, so nothing is offered ({why}). The check “roles” names the accounts", one.sweep())
    else:
        yield ok(f"{when}: {last.status}; it scanned {swept.coverage.percent}%")


def lock(one: Installation) -> Iterator[Finding]:
    """A lock whose execution has ended is taken over by the next sweep (FI-22), so it is no fault."""
    holder = parts.lock_holder(one.ask, one.output("TableName"))
    running = {each.arn for each in one.executions if each.ended is None}
    if not holder:
        yield ok("no sweep holds the lock")
    elif holder.get("execution") in running:
        yield ok(f"{clean(str(holder.get('sweep_id')))} is running and holds the lock")
    else:
        name = clean(str(holder.get("sweep_id")))
        yield note(f"{name} holds the lock and no longer runs; the next sweep takes it over", one.sweep())


def alarms(one: Installation) -> Iterator[Finding]:
    """Those that ring, and those that ring in an empty room."""
    names = [each.physical for each in one.parts_of("AWS::CloudWatch::Alarm")]
    found = parts.alarms(one.ask, names)
    ringing = sorted(each.metric or each.name for each in found if each.state == "ALARM")
    mute = [each.name for each in found if not each.tells]
    trouble = list(_topic(one))
    if ringing:
        options = {"log-group-name": f"/{one.stack.name}/functions", "filter-pattern": '{ $.alarm = "*" }'}
        fix = one.aws("logs", "filter-log-events", options)
        yield wrong(f"in ALARM: {', '.join(ringing)}. The log says of which sweep", fix)
    if mute:
        fix = one.aws("cloudwatch", "enable-alarm-actions", {"alarm-names": mute})
        yield wrong(f"{plural(len(mute), 'alarm')} may tell no one: their actions are off", fix)
    if missing := sorted(set(names) - {each.name for each in found}):
        yield wrong(f"{missing[0]} is not there: someone removed it", one.drift())
    yield from trouble
    if not (ringing or mute or missing or trouble):
        yield ok(f"{plural(len(found), 'alarm')}, none in ALARM; someone gets them")


def _topic(one: Installation) -> Iterator[Finding]:
    arn = one.parameter("AlarmTopicArn")
    if not arn:
        name = f"{one.stack.name}-alarms"
        arn = f"arn:{one.caller.partition}:sns:{one.region}:{one.stack.account}:{name}"
        fixes = (
            one.aws("sns", "create-topic", {"name": name}),
            _subscribe(one, arn),
            commands.set_parameter("AlarmTopicArn", arn),
        )
        seen = "AlarmTopicArn is empty, so alarms only show in CloudWatch"
        if one.mode is Mode.APPROVE:
            yield wrong(f"{seen}, and nobody learns of tampering", *fixes)
        else:
            yield note(seen, *fixes)
        return
    topic = parts.topic(one.ask, arn)
    if topic is None:
        name = arn.rpartition(":")[2]
        yield wrong(f"the topic {name} of AlarmTopicArn is not there", one.aws("sns", "create-topic", {"name": name}),
                    _subscribe(one, arn))  # fmt: skip
    elif not topic.confirmed:
        waits = f"; {plural(topic.pending, 'subscription')} must still be confirmed" if topic.pending else ""
        yield wrong(f"nobody has a confirmed subscription to the topic of AlarmTopicArn{waits}", _subscribe(one, arn))


def _subscribe(one: Installation, arn: str) -> Fix:
    options = {"topic-arn": arn, "protocol": "email", "notification-endpoint": "<address>"}
    return one.aws("sns", "subscribe", options)


def missed(one: Installation) -> Iterator[Finding]:
    """What the schedule or the watchdog could not deliver."""
    queue = one.part("MissedEvents")
    count = parts.waiting(one.ask, queue)
    if count is None:
        yield wrong("the queue MissedEvents is not there: someone removed it", one.drift())
    elif count:
        options = {"queue-url": queue, "max-number-of-messages": "10", "visibility-timeout": "0"}
        seen = f"{plural(count, 'event')} in MissedEvents: a sweep was not started, or its end was not noticed"
        fixes = one.aws("sqs", "receive-message", options), one.aws("sqs", "purge-queue", {"queue-url": queue})
        yield wrong(f"{seen}. Read them, then empty the queue", *fixes)
    else:
        yield ok("the queue MissedEvents is empty")


CHECKS: tuple[Check[Installation], ...] = (
    Check("concurrency", concurrency),
    Check("page", page),
    Check("sweep", sweep),
    Check("lock", lock),
    Check("alarms", alarms),
    Check("missed-events", missed),
)
