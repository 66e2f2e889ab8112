"""One sweep with everything that will go wrong in it, drawn from a seed. The same seed is the same case."""

import random
from dataclasses import dataclass, field, replace
from typing import Any

from endpoint_sweep.rules.acting import Checkpoint
from tests.faults.readings import CALLS, with_readings
from tests.simulation.hub.stack_in_process import APPROVERS
from tests.simulation.organization.scenarios.generator import generate
from tests.simulation.organization.specification import Account, Organization

# What the product asks of AWS, each with the calls that may be struck.
OPERATIONS = (
    *(("sts", "AssumeRole"), ("organizations", "*"), ("tagging", "GetResources"), ("ssm", "GetParameter")),
    *(("sagemaker", one) for one in ("ListEndpoints", "DescribeEndpoint", "DescribeEndpointConfig", "DescribeModel")),
    *(("sagemaker", one) for one in ("ListTags", "ListInferenceComponents", "DescribeInferenceComponent")),
    *(("sagemaker", one) for one in ("DeleteEndpoint", "DeleteEndpoint", "DeleteInferenceComponent")),
    *(("cloudwatch", "GetMetricData"), ("cloudwatch", "ListMetrics"), ("application-autoscaling", "*")),
    *(("dynamodb", one) for one in ("GetItem", "PutItem", "PutItem", "DeleteItem", "Query")),
    *(("s3", one) for one in ("PutObject", "PutObject", "GetObject", "ListObjectsV2")),
    *(("kms", one) for one in ("GenerateMac", "VerifyMac", "Encrypt", "Decrypt")),
    *(("sesv2", "SendEmail"), ("stepfunctions", "SendTaskSuccess"), ("stepfunctions", "DescribeExecution")),
    *(("pricing", "*"), ("*", "*")),
)
ERRORS = (
    *(("ThrottlingException", 400), ("InternalFailure", 500), ("ServiceUnavailable", 503)),
    *(("AccessDeniedException", 403), ("ValidationException", 400)),
)
FUNCTIONS = (
    *("PlanSweep", "ScanCell", "RecordUnreachableCell", "CheckActRoles", "AggregateFindings", "RequestApproval"),
    "AwaitDecision",
    *("VerifyDecision", "ApplyDecision", "ApplyDecision", "ConfirmItIsGone", "RecordFailure", "SendSummary"),
)
# Until which point a change by someone else has to be noticed: what comes later is the window that is left.
LATEST = {
    "recreate": Checkpoint.LAST_LOOK,
    "remove": Checkpoint.DELETE,
    "update": Checkpoint.LAST_LOOK,
    "scale": Checkpoint.LAST_LOOK,
    "protect": Checkpoint.TAGS,
    "call": Checkpoint.TRAFFIC,
    "switch": Checkpoint.LAST_LOOK,
}
POINTS = tuple(Checkpoint)
FOREVER = 2000
# Who may decide with AWS credentials.
PRINCIPAL = "arn:aws:iam::111111111111:role/finops"
CALLER = "arn:aws:sts::111111111111:assumed-role/finops/ada"  # as AWS calls whoever uses it (D13.12)
# When the insider acts: before the sweep starts, before a function of it runs, while it waits, while people decide,
# when it is decided, before and after the first deletion, at the end and after it.
MOMENTS = (
    *("before", "scanning", "scanned", "asking", "waiting", "amid", "grace", "grace"),
    *("acting", "between", "confirming", "reporting", "after"),
)
DEEDS = (
    *(
        "own link",
        "own link",
        "request",
        "decision",
        "decision",
        "decision",
        "state",
        "code",
        "stale code",
        "move code",
    ),
    *("outcome", "outcome", "component", "intent", "lock", "snooze", "ledger", "wait", "put back", "put back"),
    *("input", "key", "lists", "names", "cells", "cells", "plan", "plan", "coverage", "prices", "bundles", "approved"),
    *("verified", "apply", "copy", "select"),
    *("stops", "tries", "older", "call", "call", "call", "call", "call", "proof", "flood"),
)
# What makes no sense at any other moment.
ONLY_AT = {
    "stops": ("grace", "acting", "between"),
    "code": ("waiting", "amid"),
    "stale code": ("waiting", "amid"),
    "flood": ("waiting", "amid"),
    "verified": ("waiting", "amid", "grace"),
    "apply": ("grace", "acting"),
    "copy": ("amid", "grace"),
    "select": ("grace", "acting", "between"),
    "older": ("scanned", "asking", "waiting", "grace", "acting"),
}


@dataclass(frozen=True, slots=True)
class Strike:
    """An AWS call that fails, from the `first` to the `last` of its kind.

    `how`: an error code with its status, `before` or `after` the work where it is lost, `garbage`, or `late`.
    """

    service: str
    operation: str
    first: int
    last: int
    how: str
    status: int = 0
    resource: str = "*"


@dataclass(frozen=True, slots=True)
class Hand:
    """Someone changes the `item`-th approved endpoint just before the step that deletes reaches a point.

    Without a point: before anybody decides.
    """

    what: str
    point: Checkpoint | None
    item: int


@dataclass(frozen=True, slots=True)
class Crash:
    """A function dies before or after its work, or runs twice; or the deleting step is killed at a `point`."""

    function: str
    nth: int
    how: str
    point: Checkpoint | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """What a person does while the sweep waits. `share`: how much of what is on offer is chosen."""

    what: str
    who: int = 0
    share: float = 0.0
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """What someone does who may write to the hub's table and bucket and call its functions; `roll` varies it."""

    what: str
    when: str
    roll: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    seed: int
    world: Organization
    parameters: dict[str, str]
    asked: dict[str, Any]
    strikes: tuple[Strike, ...] = ()
    hands: tuple[Hand, ...] = ()
    crashes: tuple[Crash, ...] = ()
    moves: tuple[Move, ...] = field(default=())
    deeds: tuple[Deed, ...] = ()
    follows: str = ""  # a sweep that comes after it: of another name, or of the same

    def __str__(self) -> str:
        parts = (self.asked, *self.strikes, *self.hands, *self.crashes, *self.moves, *self.deeds, self.follows)
        return f"seed {self.seed}: " + "; ".join(str(one) for one in parts)


def draw(seed: int) -> Case:
    dice = random.Random(f"case {seed}")  # noqa: S311 - chance, not a secret
    mode = "report" if dice.random() < 0.1 else "approve"
    asked: dict[str, Any] = {"mode": mode, "requested_by": dice.choice(("schedule", "schedule", *APPROVERS))}
    if dice.random() < 0.2:
        asked["max_deletes"] = dice.randint(1, 3)
    case = Case(
        seed,
        _world(seed, dice),
        _parameters(dice),
        asked,
        tuple(_strike(dice) for _ in range(dice.choice((0, 1, 1, 2, 3)))),
        tuple(_hand(dice) for _ in range(dice.choice((0, 0, 1, 1, 2)))),
        tuple(_crash(dice) for _ in range(dice.choice((0, 0, 1, 1, 2)))),
        _moves(dice),
    )
    case = _with_insider(case, random.Random(f"insider {seed}"))  # noqa: S311 - chance, not a secret
    return _with_readings(case, random.Random(f"readings {seed}"))  # noqa: S311 - the same


def _with_readings(case: Case, dice: random.Random) -> Case:
    """Adds the other things that a sweep reads, strikes some of them, and sometimes adds barely used endpoints."""
    struck = tuple(_reading(dice) for _ in range(dice.choice((0, 0, 1, 1, 2))))
    few = {"BarelyUsedBelow": dice.choice(("0", "60")), "OfferBarelyUsed": dice.choice(("true", "true", "false"))}
    world = with_readings(case.world, dice)
    return replace(case, world=world, parameters=case.parameters | few, strikes=(*case.strikes, *struck))


def _reading(dice: random.Random) -> Strike:
    service, operation, resource = dice.choice(CALLS)
    first, how = dice.randint(1, 3), dice.choice(("error", "error", "before", "after", "garbage", "garbage", "late"))
    last = first + dice.choice((0, 0, 3, 3) if how == "late" else (0, 3, FOREVER, FOREVER))
    code, status = dice.choice(ERRORS) if how == "error" else (how, 0)
    return Strike(service, operation, first, last, code, status, resource)


def _with_insider(case: Case, dice: random.Random) -> Case:
    """With someone inside the hub's account, people who change their minds, and a grace period."""
    deeds = tuple(_deed(dice) for _ in range(dice.choice((0, 0, 1, 1, 2))))
    grace = dice.choice(("0", "0", "0", "15"))
    moves = [replace(one, at_once=True) if one.what in ("delete", "agree") else one for one in case.moves]
    moves = moves if dice.random() < 0.3 else list(case.moves)
    if dice.random() < 0.15:
        moves.append(Move("veto", dice.randint(0, 1), dice.choice((0.0, 0.0, 1.0, 2.0))))
    if dice.random() < 0.06:
        moves.append(Move("stricter"))
    roll = dice.random()
    follows = "again" if roll < 0.05 else "another" if roll < 0.1 or any(one.what == "older" for one in deeds) else ""
    return replace(
        case,
        parameters=case.parameters | {"GraceMinutes": grace, "ApproverPrincipals": f"{PRINCIPAL}={APPROVERS[0]}"},
        moves=tuple(moves),
        deeds=deeds,
        follows=follows,
    )


def _deed(dice: random.Random) -> Deed:
    what = dice.choice(DEEDS)
    return Deed(what, dice.choice(ONLY_AT.get(what, MOMENTS)), dice.randint(0, 999))


def _world(seed: int, dice: random.Random) -> Organization:
    """Two members with some four endpoints each, most of them idle; sometimes without one of the roles."""
    world = generate(2, dice.choice((1, 1, 1, 1, 2)), dice.choice((3, 3, 4)), idle_share=0.7, seed=seed)

    def crippled(one: Account) -> Account:
        if one.id in (world.management_account, world.hub_account):
            return one
        return replace(one, has_scan_role=dice.random() > 0.05, has_act_role=dice.random() > 0.05)

    return replace(world, accounts=tuple(crippled(one) for one in world.accounts))


def _parameters(dice: random.Random) -> dict[str, str]:
    return {
        "MinApprovers": dice.choice(("1", "1", "1", "2")),
        "MinCoveragePercent": "20",
        "MaxDeletesPerSweep": dice.choice(("2", "3", "25")),
        "MaxDeletesPerAccount": dice.choice(("2", "10", "10")),
        "MaxDeletePercentOfAccount": dice.choice(("50", "100", "100")),
        "TwoApproversAboveEndpoints": dice.choice(("1", "25", "25")),
        "TwoApproversForAccounts": dice.choice(("", "", "600000000000")),
        "RequireCode": dice.choice(("true", "true", "false")),
    }


def _strike(dice: random.Random) -> Strike:
    service, operation = dice.choice(OPERATIONS)
    first = dice.randint(1, 4) if operation != "*" else dice.randint(1, 120)
    last = first + dice.choice((0, 0, 0, 3, 3, FOREVER))
    how = dice.choice(("error", "error", "before", "after", "after", "garbage"))
    if how != "error":
        return Strike(service, operation, first, last, how)
    return Strike(service, operation, first, last, *dice.choice(ERRORS))


def _hand(dice: random.Random) -> Hand:
    what = dice.choice(tuple(LATEST))
    last = POINTS.index(LATEST[what])
    return Hand(what, dice.choice((None, *POINTS[: last + 1])), dice.randint(0, 1))


def _crash(dice: random.Random) -> Crash:
    if dice.random() < 0.35:
        return Crash("ApplyDecision", dice.randint(1, 2), "killed", dice.choice(POINTS))
    how = dice.choice(("before", "after", "after", "twice", "throttled"))
    return Crash(dice.choice(FUNCTIONS), dice.randint(1, 2), how)


def _moves(dice: random.Random) -> tuple[Move, ...]:
    """Mostly someone decides in the end, after whatever else."""
    odd = ("robots", "buttons", "wrong phrase", "over cap", "steal", "forge", "overwrite", "start again")
    moves = [Move(dice.choice(odd), dice.randint(0, 1)) for _ in range(dice.choice((0, 0, 1, 2)))]
    first = dice.randint(0, 1)
    ending = dice.random()
    if ending < 0.9:
        moves.append(Move("delete", first, dice.choice((0.3, 0.6, 1.0))))
    elif ending < 0.95:
        moves.append(Move("keep", first))
    if dice.random() < 0.5:
        second = dice.choice(("agree", "agree", "agree", "delete", "keep", "replay"))
        moves.append(Move(second, 1 - first, dice.choice((0.5, 1.0))))
    late = dice.random()
    if late < 0.1:
        moves.insert(dice.randint(0, len(moves)), Move("expire"))
    elif late < 0.15:
        moves.append(Move("redrive"))
    elif late < 0.2:
        moves.insert(dice.randint(0, len(moves)), Move("switch"))
    elif late < 0.25:
        moves.insert(dice.randint(0, len(moves)), Move("abort"))
    return tuple(moves)
