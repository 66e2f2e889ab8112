"""Rows that are alike for many roles: what none may do, what many may, and the tables of `makers`."""

from collections.abc import Iterator

from tests.unit.repository.iam.edge_rows import BY_ITS_CODE, FROM, INTERFACE, MAIL
from tests.unit.repository.iam.evaluator import deployed
from tests.unit.repository.iam.people import YOUR_KEY
from tests.unit.repository.iam.rows import (
    ACT_ROLE,
    BUCKET,
    ENDPOINT,
    EVERYTHING,
    MACHINE,
    TABLE,
    Answer,
    Context,
    Row,
    forbidden,
    function,
    key,
    parameter,
    row_key,
)
from tests.unit.repository.iam.stacks import HUB
from tests.unit.repository.makers import (
    BOUNCE,
    CHECK,
    DOCUMENTS,
    EVERY_VERSION,
    HOURLY,
    KEYS,
    LOGS,
    PARAMETERS,
    REMIND,
    REQUEST,
    REVIEW,
    ROLES,
    ROWS,
    START,
    SUMMARY,
    USES,
    WATCHDOG,
    WEEKLY,
)

MAILERS = {REQUEST, REMIND, REVIEW, SUMMARY, WATCHDOG, CHECK}
USERS = ROLES - {START, CHECK, LOGS, WEEKLY, HOURLY}  # of the bucket or the table
SENDERS = {START, CHECK, WATCHDOG, BOUNCE, WEEKLY, HOURLY}  # to the queue of missed events

ROLE = f"arn:aws:iam::{HUB}:role/endpoint-sweep-apply-decision"
# Action, resource, why no role may.
NEVER = (
    ("iam:PassRole", ROLE, "it could lend a role to code of its own"),
    ("iam:PutRolePolicy", ROLE, "it could give itself more"),
    ("iam:AttachRolePolicy", ROLE, "it could give itself more"),
    ("iam:UpdateAssumeRolePolicy", ACT_ROLE, "it could let somebody in"),
    ("iam:DeleteRolePermissionsBoundary", ROLE, "it could leave its boundary"),
    ("iam:CreateRole", ROLE, "it could make another role"),
    ("iam:CreateAccessKey", f"arn:aws:iam::{HUB}:user/ada", "it could become a person"),
    ("sts:AssumeRole", f"arn:aws:iam::{HUB}:role/Administrator", "it could become somebody else"),
    ("lambda:UpdateFunctionCode", function("ApplyDecisionFunction"), "it could change what deletes"),
    ("lambda:UpdateFunctionConfiguration", function("VerifyDecisionFunction"), "it could change what checks"),
    ("lambda:AddPermission", function("ReviewFunction"), "it could let somebody call the page's function"),
    ("states:UpdateStateMachine", MACHINE, "it could leave the approval out"),
    ("states:DeleteStateMachine", MACHINE, "it could hide what was done"),
    ("s3:PutBucketPolicy", BUCKET, "it could take vetoes away"),
    ("s3:PutBucketVersioning", BUCKET, "it could write over a plan"),
    ("s3:DeleteObject", f"{BUCKET}/sweeps/2026-11-20T06-00Z/stops/closed.json", "nothing is taken away"),
    ("dynamodb:UpdateItem", TABLE, "rows are written as a whole"),
    ("dynamodb:DeleteTable", TABLE, "what was decided is kept"),
    ("kms:PutKeyPolicy", key("MacKey"), "it could let itself sign decisions"),
    ("kms:CreateGrant", key("MacKey"), "it could let somebody sign decisions"),
    ("ssm:PutParameter", parameter("kill"), "it could switch the kill switch off"),
    ("ssm:PutParameter", parameter("approvers"), "it could name itself an approver"),
    ("sagemaker:DeleteEndpoint", ENDPOINT.replace("222222222222", HUB), "the hub has no way to delete by itself"),
    ("sagemaker:CreateEndpoint", ENDPOINT, "nothing is made that costs"),
    ("organizations:AttachPolicy", "arn:aws:organizations::999999999999:policy/o-abcdefghij/service_control_policy/p-1",
     "it could change what the Organization allows"),
    ("cloudformation:UpdateStack", f"arn:aws:cloudformation:eu-west-1:{HUB}:stack/endpoint-sweep/1",
     "it could change all of this"),
    ("cloudtrail:StopLogging", f"arn:aws:cloudtrail:eu-west-1:{HUB}:trail/audit", "it could hide what it does"),
    ("tag:UntagResources", EVERYTHING, "it could take a protection away"),
)  # fmt: skip


def never() -> Iterator[tuple[str, str, str, str]]:
    """Role, action, resource, why: of every role."""
    for role in deployed("default").roles:
        yield from ((role, action, what, why) for action, what, why in NEVER)


def made_by() -> Iterator[Row]:
    """Each cell of the tables of `makers`, for every role of the hub."""
    for role in _of_the_hub("default"):
        for kind, (partition, *columns) in ROWS.items():
            for action, may in zip(("PutItem", "DeleteItem", "GetItem", "Query"), columns, strict=True):
                yield _row(role, may, f"dynamodb:{action}", TABLE, kind, row_key(partition))
        for document, writers in DOCUMENTS.items():
            yield _row(role, writers, "s3:PutObject", f"{BUCKET}/{document}", "written by its maker")
        for prefix, readers in (("sweeps/2026-11-20T06-00Z/stops/", EVERY_VERSION), ("prices/", set())):
            yield _row(role, readers, "s3:ListBucketVersions", BUCKET, f"under {prefix}", {"s3:prefix": prefix})
        for name, readers in PARAMETERS.items():
            yield _row(role, readers, "ssm:GetParameter", parameter(name), "read by who needs it")
        for name, uses in KEYS.items():
            for action in USES:
                yield _row(role, uses.get(action, set()), action, key(name), "used by its users")


def alike() -> Iterator[Row]:
    """What is written alike for many roles of the hub: who sends mail, who uses your key, who makes interfaces."""
    for role in _of_the_hub("default"):
        for sender, may in (("finops@example.com", MAILERS), ("ceo@example.com", set())):
            yield _row(role, may, "ses:SendEmail", MAIL, f"from {sender}", {FROM: sender})
    for role in _of_the_hub("your key"):
        for service, may in (("s3", USERS), ("dynamodb", USERS), ("sqs", SENDERS), ("secretsmanager", set())):
            via = {"kms:ViaService": f"{service}.eu-west-1.amazonaws.com"}
            yield _row(role, may, "kms:Decrypt", YOUR_KEY, f"your key, for {service}", via, "your key")
    for role, one in deployed("default").roles.items():
        if "lambda.amazonaws.com" in str(one.trust):
            yield forbidden(role, "ec2:DeleteNetworkInterface", INTERFACE, "its code makes and ends none", BY_ITS_CODE)


def _of_the_hub(stack: str) -> list[str]:
    return [role for role, one in deployed(stack).roles.items() if one.account == HUB]


def _row(
    role: str, may: set[str], action: str, what: str, why: str, context: Context | None = None, stack: str = "default"
) -> Row:
    return Row(Answer.ALLOWED if role in may else Answer.DENIED, role, action, what, why, context or {}, stack)
