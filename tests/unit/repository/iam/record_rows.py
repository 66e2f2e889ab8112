"""Who writes, takes away and reads what the hub remembers: rows of the table, documents of the bucket, parameters."""

from tests.unit.repository.iam.rows import BUCKET, FOLDER, TABLE, allowed, denied, forbidden, parameter, row_key
from tests.unit.repository.makers import (
    AGGREGATE,
    APPLY,
    AWAIT,
    BOUNCE,
    FAILURE,
    MACHINE,
    PLAN,
    REMIND,
    REQUEST,
    REVIEW,
    SCAN,
    START,
    SUMMARY,
    UNREACHABLE,
    VERIFY,
    WATCHDOG,
)

PUT, GET, TAKE, LIST = "dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:DeleteItem", "dynamodb:Query"
ASKED, DECIDED, APPROVAL = row_key("ASKED#5f3a"), row_key("DECIDED#5f3a"), row_key("APPROVAL#5f3a")
WAIT, SWEEP = row_key("WAIT#5f3a"), row_key("SWEEP#2026-11-20T06-00Z")
LOCK, LEDGER, SNOOZE = row_key("LOCK"), row_key("LEDGER"), row_key("SNOOZE")
BOTH = {"dynamodb:LeadingKeys": ["DECIDED#5f3a", "ASKED#5f3a"]}
ADMINISTRATOR = "an administrator of the hub"

ROWS_OF_THE_TABLE = [
    allowed(REVIEW, PUT, TABLE, "the page records the decision", DECIDED),
    denied(VERIFY, PUT, TABLE, "who checks it cannot write one", DECIDED),
    denied(APPLY, PUT, TABLE, "nor can who deletes", DECIDED),
    denied(REQUEST, PUT, TABLE, "nor can who asks", DECIDED),
    denied(MACHINE, PUT, TABLE, "nor the state machine", DECIDED),
    denied(WATCHDOG, PUT, TABLE, "nor who cleans up", DECIDED),
    denied(SUMMARY, PUT, TABLE, "nor who tells of it", DECIDED),
    denied("an approver", PUT, TABLE, "nor an approver, but on the page", DECIDED),
    allowed(REQUEST, PUT, TABLE, "who asks writes down what", ASKED),
    allowed(REMIND, PUT, TABLE, "and whom again", ASKED),
    denied(REMIND, PUT, TABLE, "and decides for nobody", DECIDED),
    denied(REVIEW, PUT, TABLE, "the page cannot change what was asked", ASKED),
    denied(REVIEW, PUT, TABLE, "nor open an approval again", APPROVAL),
    denied(REVIEW, PUT, TABLE, "nor write what was done", SWEEP),
    denied(REVIEW, PUT, TABLE, "nor two kinds of rows at once", BOTH),
    denied(REVIEW, "dynamodb:UpdateItem", TABLE, "nor change a decision in its place", DECIDED),
    denied(REVIEW, TAKE, TABLE, "nor take one back", DECIDED),
    denied(REVIEW, "dynamodb:Scan", TABLE, "nor look through the table"),
    allowed(VERIFY, PUT, TABLE, "who checks closes the approval", APPROVAL),
    allowed(BOUNCE, PUT, TABLE, "who hears of bounces notes who is unreachable", APPROVAL),
    denied(BOUNCE, PUT, TABLE, "and decides nothing", DECIDED),
    denied(FAILURE, PUT, TABLE, "what failed closes by a document", APPROVAL),
    allowed(FAILURE, GET, TABLE, "if there was something to close", APPROVAL),
    allowed(VERIFY, PUT, TABLE, "snoozes are part of a decision", SNOOZE),
    denied(REVIEW, PUT, TABLE, "that somebody has checked", SNOOZE),
    allowed(AWAIT, PUT, TABLE, "the token of the wait", WAIT),
    denied(REVIEW, PUT, TABLE, "the page reads it", WAIT),
    allowed(VERIFY, TAKE, TABLE, "and it is forgotten afterwards", WAIT),
    allowed(APPLY, PUT, TABLE, "intents and outcomes", SWEEP),
    denied(APPLY, TAKE, TABLE, "which nobody takes away", SWEEP),
    denied(APPLY, PUT, TABLE, "savings are somebody else's to claim", LEDGER),
    allowed(SUMMARY, PUT, TABLE, "namely the summary's", LEDGER),
    allowed(AGGREGATE, LIST, TABLE, "the plan begins with them", LEDGER),
    denied(AGGREGATE, PUT, TABLE, "and does not change them", LEDGER),
    allowed(PLAN, PUT, TABLE, "one sweep at a time", LOCK),
    denied(SCAN, GET, TABLE, "a scan knows nothing of approvals", DECIDED),
    denied(START, PUT, TABLE, "nor does who starts", LOCK),
    allowed(SUMMARY, TAKE, TABLE, "the lock is released", LOCK),
    denied(PLAN, TAKE, TABLE, "and not its namesake", row_key("LOCK#2")),
    denied(REVIEW, GET, TABLE, "keys that only end alike", row_key("X#DECIDED#5f3a")),
    allowed(WATCHDOG, TAKE, TABLE, "also after a sweep that was aborted", LOCK),
]

WRITE, READ = "s3:PutObject", "s3:GetObject"
REMOVE, REMOVE_VERSION, VERSIONS = "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:ListBucketVersions"
PLANNED, APPROVED, VETO = f"{FOLDER}/plan.json", f"{FOLDER}/approved.json", f"{FOLDER}/stops/closed.json"
CELL, BUNDLE = f"{FOLDER}/cells/222222222222/us-east-1.json", f"{FOLDER}/restore/222222222222-us-east-1-demo.json"
IN_THE_CLEAR = {"aws:SecureTransport": "false"}

DOCUMENTS = [
    allowed(AGGREGATE, WRITE, PLANNED, "who joins the findings writes the plan"),
    denied(REVIEW, WRITE, PLANNED, "the page cannot change what it offers"),
    denied(VERIFY, WRITE, PLANNED, "nor can who checks"),
    denied(APPLY, WRITE, PLANNED, "nor can who deletes"),
    denied(SCAN, WRITE, PLANNED, "nor can a scan"),
    denied(AGGREGATE, REMOVE, PLANNED, "nobody removes it"),
    allowed(VERIFY, WRITE, APPROVED, "who checks writes what is to be deleted"),
    denied(REVIEW, WRITE, APPROVED, "the page does not"),
    denied(APPLY, WRITE, APPROVED, "nor who deletes it"),
    denied(MACHINE, WRITE, APPROVED, "nor the state machine, which reads it"),
    allowed(MACHINE, READ, APPROVED, "one by one"),
    allowed(SCAN, WRITE, CELL, "a scan writes its cell"),
    allowed(UNREACHABLE, WRITE, CELL, "or that there was none"),
    denied(UNREACHABLE, READ, PLANNED, "and knows nothing of the plan"),
    denied(SCAN, WRITE, f"{FOLDER}/access.json", "where deletion is allowed is not a scan's to say"),
    allowed(APPLY, WRITE, f"{FOLDER}/access.json", "but that of who would delete"),
    allowed(APPLY, WRITE, BUNDLE, "who deletes writes first how to restore"),
    denied(APPLY, REMOVE, BUNDLE, "and cannot take that away"),
    denied(APPLY, REMOVE_VERSION, BUNDLE.replace("/sweeps/", "/old/"), "nor anywhere else"),
    denied(VERIFY, WRITE, BUNDLE, "nobody else writes over it"),
    allowed(REVIEW, WRITE, VETO, "a veto"),
    forbidden(REVIEW, REMOVE_VERSION, VETO, "stays a veto"),
    allowed(ADMINISTRATOR, REMOVE, VETO, "a delete marker hides nothing from the sweep"),
    forbidden(ADMINISTRATOR, REMOVE_VERSION, VETO, "for administrators as well"),
    allowed(PLAN, VERSIONS, BUCKET, "every version counts", {"s3:prefix": "sweeps/2026-11-20T06-00Z/stops/"}),
    denied(PLAN, VERSIONS, BUCKET, "of sweeps only", {"s3:prefix": "prices/"}),
    denied(PLAN, VERSIONS, BUCKET, "never of all"),
    allowed(AGGREGATE, WRITE, f"{BUCKET}/prices/read.json", "prices are kept between sweeps"),
    denied(REQUEST, WRITE, f"{BUCKET}/prices/read.json", "by who reads them"),
    forbidden(AGGREGATE, WRITE, PLANNED, "not without TLS", IN_THE_CLEAR),
    forbidden(ADMINISTRATOR, READ, PLANNED, "nobody without TLS", IN_THE_CLEAR),
    denied("a stranger", READ, PLANNED, "the bucket trusts no other account"),
    denied("an administrator of the member", READ, PLANNED, "not even of the Organization"),
    denied("anyone", READ, PLANNED, "and is not public"),
    denied(START, READ, PLANNED, "who starts a sweep reads nothing"),
    denied(SUMMARY, "s3:PutObjectAcl", PLANNED, "nobody shares a document"),
]

KILL, APPROVERS = parameter("kill"), parameter("approvers")
LOOK, SET = "ssm:GetParameter", "ssm:PutParameter"

PARAMETERS = [
    allowed(APPLY, LOOK, KILL, "before each deletion"),
    denied(APPLY, SET, KILL, "who deletes cannot switch it off"),
    denied(REVIEW, SET, KILL, "nor the page"),
    allowed(REVIEW, LOOK, APPROVERS, "who may decide"),
    denied(REVIEW, SET, APPROVERS, "is not the page's to say"),
    denied(VERIFY, SET, APPROVERS, "nor who checks"),
    denied(AWAIT, LOOK, APPROVERS, "who waits need not know"),
    denied(APPLY, "ssm:DeleteParameter", parameter("deny-accounts"), "what is never deleted from stays so"),
    denied(APPLY, LOOK, KILL.replace("/endpoint-sweep/", "/other/"), "other installations have their own"),
]

ROWS = ROWS_OF_THE_TABLE + DOCUMENTS + PARAMETERS
