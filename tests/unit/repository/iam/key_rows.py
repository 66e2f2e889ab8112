"""Who signs with which key, and who opens what is sealed: an approval that was not made on the page proves nothing."""

from tests.unit.repository.iam.people import YOUR_KEY
from tests.unit.repository.iam.rows import allowed, denied, key
from tests.unit.repository.makers import (
    AGGREGATE,
    APPLY,
    AWAIT,
    BOUNCE,
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

CELLS, FINDINGS, LINKS = key("CellsKey"), key("FindingsKey"), key("LinksKey")
DECISIONS, ACTS, SEAL = key("MacKey"), key("ActsKey"), key("SealKey")
SIGN, CHECK, OPEN, CLOSE = "kms:GenerateMac", "kms:VerifyMac", "kms:Decrypt", "kms:Encrypt"
ADMINISTRATOR, MEMBER = "an administrator of the hub", "an administrator of the member"

SIGNATURES = [
    allowed(REVIEW, SIGN, DECISIONS, "decisions are made on the page"),
    denied(VERIFY, SIGN, DECISIONS, "who checks one cannot make one"),
    denied(APPLY, SIGN, DECISIONS, "nor can who deletes"),
    denied(REQUEST, SIGN, DECISIONS, "nor can who asks"),
    denied(MACHINE, SIGN, DECISIONS, "nor the state machine"),
    denied("the act function, unbound", SIGN, DECISIONS, "whatever its own policies say"),
    denied(ADMINISTRATOR, SIGN, DECISIONS, "nor an administrator"),
    denied("an approver", SIGN, DECISIONS, "nor an approver, but on the page"),
    denied(MEMBER, SIGN, DECISIONS, "nor another account"),
    allowed(VERIFY, CHECK, DECISIONS, "it is checked before it is believed"),
    allowed(APPLY, CHECK, DECISIONS, "and again before each deletion"),
    denied(SCAN, CHECK, DECISIONS, "nobody else needs to"),
    allowed(REQUEST, SIGN, LINKS, "what was asked, and of whom"),
    allowed(REMIND, SIGN, LINKS, "once more"),
    denied(REVIEW, SIGN, LINKS, "the page cannot invite"),
    denied(APPLY, SIGN, LINKS, "nor who deletes"),
    allowed(REVIEW, CHECK, LINKS, "but knows who was invited"),
    allowed(BOUNCE, CHECK, LINKS, "as does who hears of bounces"),
    denied(ADMINISTRATOR, SIGN, LINKS, "nor invites an administrator himself"),
    allowed(AGGREGATE, SIGN, FINDINGS, "the plan and the prices"),
    denied(SCAN, SIGN, FINDINGS, "a scan makes no plan"),
    denied(REQUEST, SIGN, FINDINGS, "who asks does not change it"),
    allowed(REQUEST, CHECK, FINDINGS, "but checks it"),
    denied(REVIEW, SIGN, FINDINGS, "nor does the page"),
    allowed(APPLY, SIGN, ACTS, "what was deleted"),
    denied(REVIEW, SIGN, ACTS, "the page cannot claim a deletion"),
    denied(SUMMARY, SIGN, ACTS, "nor can the summary"),
    allowed(SUMMARY, CHECK, ACTS, "which tells of it"),
    allowed(WATCHDOG, CHECK, ACTS, "as does who cleans up"),
    denied("a stranger", SIGN, ACTS, "nor can a stranger"),
]

SECRETS = [
    allowed(PLAN, "kms:GenerateDataKeyWithoutPlaintext", CELLS, "a key for each sweep"),
    denied(PLAN, OPEN, CELLS, "which its maker does not open"),
    denied(PLAN, "kms:GenerateDataKey", CELLS, "nor sees"),
    allowed(SCAN, OPEN, CELLS, "a scan signs its cell with it"),
    allowed(UNREACHABLE, OPEN, CELLS, "or that there was none"),
    denied(SCAN, "kms:GenerateDataKeyWithoutPlaintext", CELLS, "and makes no other"),
    denied(REVIEW, OPEN, CELLS, "the page cannot sign a cell"),
    denied(APPLY, OPEN, CELLS, "nor can who deletes"),
    denied(ADMINISTRATOR, OPEN, CELLS, "nor an administrator"),
    allowed(AWAIT, CLOSE, SEAL, "the token of the wait"),
    allowed(REVIEW, OPEN, SEAL, "the page wakes the sweep"),
    allowed(BOUNCE, OPEN, SEAL, "so does a bounce"),
    denied(AWAIT, OPEN, SEAL, "who stored it cannot read it"),
    denied(VERIFY, OPEN, SEAL, "nor can who is woken"),
    denied(REVIEW, CLOSE, SEAL, "nor does the page put another in its place"),
]

ADMINISTRATION = [
    allowed(ADMINISTRATOR, "kms:PutKeyPolicy", DECISIONS, "the account keeps its keys, which CloudTrail shows"),
    allowed(ADMINISTRATOR, "kms:ScheduleKeyDeletion", DECISIONS, "and may do away with them"),
    denied(ADMINISTRATOR, "kms:CreateGrant", DECISIONS, "but gives nobody the use of one"),
    denied(MEMBER, "kms:PutKeyPolicy", DECISIONS, "and no other account does"),
    denied(REVIEW, "kms:PutKeyPolicy", DECISIONS, "nor who uses it"),
    denied(APPLY, "kms:ScheduleKeyDeletion", ACTS, "nor who signs with it"),
]

_S3, _SECRETS = "s3.eu-west-1.amazonaws.com", "secretsmanager.eu-west-1.amazonaws.com"
YOURS = [
    allowed(REVIEW, OPEN, YOUR_KEY, "your key, for the bucket", {"kms:ViaService": _S3}, stack="your key"),
    denied(REVIEW, OPEN, YOUR_KEY, "not by itself", stack="your key"),
    denied(REVIEW, OPEN, YOUR_KEY, "nor for other secrets", {"kms:ViaService": _SECRETS}, stack="your key"),
    denied(START, OPEN, YOUR_KEY, "nor who stores nothing", {"kms:ViaService": _S3}, stack="your key"),
    denied(REVIEW, OPEN, YOUR_KEY, "nor where it is nobody's", {"kms:ViaService": _S3}),
    denied(REVIEW, "kms:ScheduleKeyDeletion", YOUR_KEY, "nor away", {"kms:ViaService": _S3}, stack="your key"),
]

_AUDITOR = "an auditor"
AUDITS = [
    allowed(_AUDITOR, CHECK, FINDINGS, "an auditor checks plans", stack="auditors"),
    allowed(_AUDITOR, CHECK, LINKS, "and requests", stack="auditors"),
    allowed(_AUDITOR, CHECK, DECISIONS, "and decisions", stack="auditors"),
    allowed(_AUDITOR, CHECK, ACTS, "and deletions", stack="auditors"),
    denied(_AUDITOR, CHECK, DECISIONS, "who is named, that is"),
    denied(_AUDITOR, SIGN, DECISIONS, "but makes none", stack="auditors"),
    denied(_AUDITOR, SIGN, ACTS, "nor of these", stack="auditors"),
    denied(_AUDITOR, OPEN, CELLS, "and opens no cells", stack="auditors"),
    denied(_AUDITOR, OPEN, SEAL, "nor task tokens", stack="auditors"),
    denied("somebody of the hub without permissions", CHECK, DECISIONS, "and nobody else checks", stack="auditors"),
]

ROWS = SIGNATURES + SECRETS + ADMINISTRATION + YOURS + AUDITS
