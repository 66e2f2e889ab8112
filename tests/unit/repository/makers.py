"""Who writes which kind of row and document, and uses which key: the design as data. What is not here, no one may."""

PLAN, SCAN, UNREACHABLE = "PlanSweepFunctionRole", "ScanCellRole", "RecordUnreachableCellFunctionRole"
AGGREGATE, REQUEST, REMIND = (
    "AggregateFindingsRole",
    "RequestApprovalFunctionRole",
    "RemindApproversFunctionRole",
)
AWAIT, REVIEW, VERIFY = "AwaitDecisionFunctionRole", "ReviewFunctionRole", "VerifyDecisionFunctionRole"
APPLY, BOUNCE, FAILURE = "ApplyDecisionRole", "RecordBounceFunctionRole", "RecordFailureFunctionRole"
SUMMARY, WATCHDOG = "SendSummaryFunctionRole", "WatchdogFunctionRole"
START, MACHINE, LOGS = "StartSweepFunctionRole", "SweepStateMachineRole", "AccessLogsRole"
CHECK = "CheckScheduleFunctionRole"
WEEKLY, HOURLY = "StartSweepFunctionWeeklyRole", "CheckScheduleFunctionHourlyRole"
ROLES = {
    PLAN, SCAN, UNREACHABLE, AGGREGATE, REQUEST, REMIND, AWAIT, REVIEW, VERIFY, APPLY, BOUNCE, FAILURE,
    SUMMARY, WATCHDOG, START, CHECK, MACHINE, LOGS, WEEKLY, HOURLY,
}  # fmt: skip

# Kind of row -> its partition key, who may write it, who may remove it, who may read one, who may list them.
ROWS: dict[str, tuple[str, set[str], set[str], set[str], set[str]]] = {
    "lock": ("LOCK", {PLAN}, {PLAN, SUMMARY, WATCHDOG}, {PLAN, SUMMARY, WATCHDOG}, set()),
    "state of an approval": (
        "APPROVAL#5f3a",
        {VERIFY, BOUNCE},
        set(),
        {PLAN, REQUEST, REMIND, AWAIT, REVIEW, VERIFY, APPLY, BOUNCE, FAILURE, SUMMARY, WATCHDOG},
        set(),
    ),
    "request": (
        "ASKED#5f3a",
        {REQUEST, REMIND},
        set(),
        {PLAN, REQUEST, REMIND, AWAIT, REVIEW, VERIFY, APPLY, BOUNCE, FAILURE, SUMMARY, WATCHDOG},
        set(),
    ),
    "decisions and codes": (
        "DECIDED#5f3a",
        {REVIEW},
        set(),
        {REQUEST, REMIND, AWAIT, REVIEW, VERIFY, APPLY, BOUNCE, SUMMARY},
        {REQUEST, REMIND, REVIEW},
    ),
    "token": ("WAIT#5f3a", {AWAIT}, {PLAN, VERIFY, WATCHDOG}, {PLAN, AWAIT, REVIEW, VERIFY, BOUNCE, WATCHDOG}, set()),
    "intents and outcomes": (
        "SWEEP#2026-11-20T06-00Z",
        {APPLY, SUMMARY, WATCHDOG},
        set(),
        {APPLY, SUMMARY, WATCHDOG},
        {REVIEW, SUMMARY, WATCHDOG},
    ),
    "snooze": ("SNOOZE", {VERIFY}, set(), {VERIFY}, {AGGREGATE}),
    "ledger": ("LEDGER", {SUMMARY}, set(), {SUMMARY}, {AGGREGATE, SUMMARY}),
    # No kind of ours: a key that only begins or ends like one.
    "longer lock": ("LOCK#2", set(), set(), set(), set()),
    "hidden request": ("X#ASKED#5f3a", set(), set(), set(), set()),
    "lower case": ("decided#5f3a", set(), set(), set(), set()),
    "without a name": ("DECIDED", set(), set(), set(), set()),
}

SWEEP = "sweeps/2026-11-20T06-00Z"
DOCUMENTS: dict[str, set[str]] = {
    f"{SWEEP}/input.json": {PLAN},
    f"{SWEEP}/key.json": {PLAN},
    f"{SWEEP}/accounts.json": {PLAN},
    f"{SWEEP}/cells.json": {PLAN},
    f"{SWEEP}/expected.json": {PLAN},
    f"{SWEEP}/skipped.json": {PLAN},
    f"{SWEEP}/cells/222222222222/us-east-1.json": {SCAN, UNREACHABLE},
    f"{SWEEP}/access.json": {APPLY},
    f"{SWEEP}/plan.json": {AGGREGATE},
    f"{SWEEP}/coverage.json": {AGGREGATE},
    f"{SWEEP}/findings.json": {AGGREGATE},
    "prices/read.json": {AGGREGATE},
    "prices/paid.json": {AGGREGATE},
    f"{SWEEP}/approved.json": {VERIFY},
    f"{SWEEP}/tries/0c1d/1.json": {REVIEW},
    f"{SWEEP}/stops/closed.json": {PLAN, REVIEW, VERIFY, BOUNCE, FAILURE, WATCHDOG},
    f"{SWEEP}/restore/222222222222-us-east-1-demo.json": {APPLY},
    f"{SWEEP}/failure.json": {FAILURE},
    f"{SWEEP}/report.json": {SUMMARY},
    f"{SWEEP}/report.html": {SUMMARY},
    f"{SWEEP}/report.csv": {SUMMARY},
    f"{SWEEP}/report.failed.json": {WATCHDOG},
    # No kind of ours.
    f"{SWEEP}/decision.json": set(),
    f"{SWEEP}/cells": set(),
    "sweeps/plan.json": set(),
    "prices/other.json": set(),
    "input.json": set(),
}
EVERY_VERSION = {PLAN, REQUEST, REMIND, AWAIT, REVIEW, VERIFY, APPLY, BOUNCE, FAILURE, SUMMARY, WATCHDOG}
READERS = {AGGREGATE, REQUEST, REMIND, REVIEW, VERIFY, APPLY, BOUNCE, SUMMARY, MACHINE}

# Parameter -> who reads it; no one of the stack may write one.
PARAMETERS: dict[str, set[str]] = {
    "kill": {PLAN, VERIFY, APPLY},
    "approvers": {PLAN, REQUEST, REMIND, REVIEW, VERIFY, APPLY, BOUNCE, SUMMARY, WATCHDOG, CHECK},
    "approver-principals": {PLAN, REVIEW},
    "summary-recipients": {PLAN, SUMMARY, WATCHDOG, CHECK},
    "two-approvers-for-accounts": {PLAN, REQUEST, REMIND, REVIEW, VERIFY, APPLY, BOUNCE},
    "deny-accounts": {PLAN, AGGREGATE, APPLY, SUMMARY},
    "accounts": {PLAN, APPLY},
    "exclude-accounts": {PLAN, APPLY},
    "organizational-units": {PLAN},
    "exclude-organizational-units": {PLAN},
    "exclude-regions": {PLAN, APPLY},
}

# Key -> what may be done with it by whom; any other use is no one's.
KEYS: dict[str, dict[str, set[str]]] = {
    "CellsKey": {
        "kms:GenerateDataKeyWithoutPlaintext": {PLAN},
        "kms:Decrypt": {SCAN, UNREACHABLE, AGGREGATE, SUMMARY},
    },
    "FindingsKey": {"kms:GenerateMac": {AGGREGATE}, "kms:VerifyMac": {AGGREGATE, REQUEST, SUMMARY}},
    "LinksKey": {
        "kms:GenerateMac": {REQUEST, REMIND},
        "kms:VerifyMac": {REQUEST, REMIND, REVIEW, VERIFY, APPLY, BOUNCE, SUMMARY},
    },
    "MacKey": {"kms:GenerateMac": {REVIEW}, "kms:VerifyMac": {REVIEW, VERIFY, APPLY, SUMMARY}},
    "ActsKey": {"kms:GenerateMac": {APPLY}, "kms:VerifyMac": {APPLY, SUMMARY, WATCHDOG, REVIEW}},
    "SealKey": {"kms:Encrypt": {AWAIT}, "kms:Decrypt": {REVIEW, BOUNCE}},
}
USES = (
    "kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext",
    "kms:GenerateDataKeyPair", "kms:GenerateDataKeyPairWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo",
    "kms:GenerateMac", "kms:VerifyMac", "kms:Sign", "kms:Verify", "kms:DeriveSharedSecret", "kms:CreateGrant",
    "kms:ImportKeyMaterial", "kms:ReplicateKey",
)  # fmt: skip
ADMINISTRATION = ("kms:PutKeyPolicy", "kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:DescribeKey")
