"""The doors of the hub: its page, its state machine, its schedule, its events; and what differs between deployments."""

from tests.unit.repository.iam.member_rows import ACTS, DELETE, SCANS
from tests.unit.repository.iam.rows import (
    ACT_ROLE,
    BUCKET,
    ENDPOINT,
    EVERYTHING,
    EXECUTION,
    KEEP,
    MACHINE,
    SCAN_ROLE,
    TABLE,
    allowed,
    denied,
    forbidden,
    function,
    key,
    page,
    parameter,
    row_key,
)
from tests.unit.repository.iam.stacks import HUB, STACK
from tests.unit.repository.iam.trust_rows import ACTING, ASSUME, ID
from tests.unit.repository.makers import (
    APPLY,
    AWAIT,
    BOUNCE,
    CHECK,
    FAILURE,
    LOGS,
    PLAN,
    REQUEST,
    REVIEW,
    SCAN,
    START,
    VERIFY,
    WATCHDOG,
)
from tests.unit.repository.makers import MACHINE as RUNS

WEEKLY, HOURLY = "StartSweepFunctionWeeklyRole", "CheckScheduleFunctionHourlyRole"
CALL = "execute-api:Invoke"
OFFER, DECISION = page("v1/GET/approvals/5f3a"), page("v1/POST/approvals/5f3a")
LISTED, UNLISTED = "an approver of a listed account", "an approver of another account"
FROM_OUTSIDE = {"aws:SourceIp": "198.51.100.7"}

PAGE = [
    allowed("anyone", CALL, page("v1/GET/a/5f3a"), "the link is the secret"),
    allowed("anyone", CALL, page("v1/POST/a/5f3a"), "and decides together with the code"),
    forbidden("anyone", CALL, page("v1/GET/a/5f3a"), "from the allowed addresses only", FROM_OUTSIDE),
    denied("anyone", CALL, OFFER, "without a link nobody sees the offer"),
    denied("anyone", CALL, DECISION, "nor decides"),
    allowed("anyone", CALL, page("v1/HEAD/a/5f3a"), "robots are told that there is nothing for them"),
    denied("anyone", CALL, page("v1/DELETE/a/5f3a"), "with methods that the page answers"),
    denied("anyone", CALL, page("test/GET/a/5f3a"), "on the stage of the page"),
    denied("anyone", CALL, page("v1/POST/approvals/5f3a/a/5f3a"), "nor where a path only looks like a link"),
    allowed("an approver", CALL, OFFER, "with credentials"),
    allowed("an approver", CALL, DECISION, "of the hub's account"),
    forbidden("an approver", CALL, DECISION, "from the allowed addresses only", FROM_OUTSIDE),
    denied("somebody of the hub without permissions", CALL, DECISION, "credentials are not enough"),
    allowed(LISTED, CALL, DECISION, "or of an account that is listed"),
    denied(LISTED, CALL, page("v1/DELETE/approvals/5f3a"), "to look and to decide"),
    denied(LISTED, CALL, page("test/POST/approvals/5f3a"), "on the stage of the page"),
    denied(UNLISTED, CALL, DECISION, "no other account of the Organization"),
    denied("a stranger", CALL, DECISION, "and no stranger"),
    denied(LISTED, CALL, DECISION, "who is listed nowhere", stack="no deletion"),
    denied(APPLY, CALL, DECISION, "who deletes cannot approve"),
    denied(REVIEW, CALL, DECISION, "nor can the page itself"),
    denied(RUNS, CALL, DECISION, "nor the state machine"),
    denied("an approver", "states:SendTaskSuccess", EVERYTHING, "an approver has nothing but the page"),
    denied("an approver", "lambda:InvokeFunction", function("ReviewFunction"), "nor calls its function"),
    denied("an approver", "s3:GetObject", f"{BUCKET}/sweeps/2026-11-20T06-00Z/plan.json", "nor reads the plan"),
]

RUN, START_IT, WAKE = "lambda:InvokeFunction", "states:StartExecution", "states:SendTaskSuccess"
SCHEDULE = f"arn:aws:scheduler:eu-west-1:{HUB}:schedule/default/{STACK}-sweep"
SWEEPS = [
    allowed(START, START_IT, MACHINE, "the schedule's sweep"),
    denied(START, START_IT, MACHINE.replace(STACK, "payroll"), "of this state machine only"),
    denied(START, "states:UpdateStateMachine", MACHINE, "which it cannot change"),
    denied(REVIEW, START_IT, MACHINE, "the page starts none"),
    denied(APPLY, START_IT, MACHINE, "nor who deletes"),
    allowed(RUNS, RUN, function("ApplyDecisionFunction"), "the state machine runs its steps"),
    denied(RUNS, RUN, function("ReviewFunction"), "and decides nothing"),
    denied(RUNS, RUN, function("StartSweepFunction"), "nor starts another sweep"),
    denied(RUNS, "states:UpdateStateMachine", MACHINE, "nor changes itself"),
    denied(RUNS, "lambda:UpdateFunctionCode", function("ApplyDecisionFunction"), "nor its steps"),
    denied(RUNS, DELETE, ENDPOINT, "nor deletes by itself"),
    allowed(RUNS, START_IT, MACHINE, "the children of its maps"),
    denied(REVIEW, RUN, function("ApplyDecisionFunction"), "the page cannot delete"),
    denied(VERIFY, RUN, function("ApplyDecisionFunction"), "nor can who checks"),
    allowed(REVIEW, WAKE, EVERYTHING, "the page wakes the sweep"),
    allowed(AWAIT, WAKE, EVERYTHING, "or who finds that it was decided meanwhile"),
    allowed(BOUNCE, WAKE, EVERYTHING, "or that nobody can decide"),
    denied(REQUEST, WAKE, EVERYTHING, "nobody else does"),
    denied(REVIEW, "states:StopExecution", EXECUTION, "and nobody stops it"),
    denied(WATCHDOG, "states:StopExecution", EXECUTION, "not even who cleans up"),
    denied(FAILURE, START_IT, MACHINE, "a failure starts nothing"),
    allowed(WEEKLY, RUN, function("StartSweepFunction"), "the scheduler runs who starts"),
    denied(WEEKLY, RUN, function("ApplyDecisionFunction"), "and no step"),
    denied(WEEKLY, START_IT, MACHINE, "nor the state machine without a name"),
    allowed(HOURLY, RUN, function("CheckScheduleFunction"), "and who looks whether a sweep is overdue"),
    denied(HOURLY, RUN, function("StartSweepFunction"), "which starts none"),
    allowed(CHECK, "scheduler:GetSchedule", SCHEDULE, "it reads the schedule"),
    denied(CHECK, "scheduler:UpdateSchedule", SCHEDULE, "and does not change it"),
]

MAIL, FROM = f"arn:aws:ses:eu-west-1:{HUB}:identity/example.com", "ses:FromAddress"
QUEUE = f"arn:aws:sqs:eu-west-1:{HUB}:{STACK}-MissedEvents"
TOPIC = f"arn:aws:sns:eu-west-1:{HUB}:{STACK}-Bounces"
BUS = f"arn:aws:events:eu-west-1:{HUB}:event-bus"
ACCESS_LOG = f"arn:aws:logs:eu-west-1:{HUB}:log-group:/{STACK}/access:log-stream:1"
MAILS_AND_EVENTS = [
    allowed(REQUEST, "ses:SendEmail", MAIL, "mail of the sender", {FROM: "finops@example.com"}),
    denied(REQUEST, "ses:SendEmail", MAIL, "and of nobody else", {FROM: "ceo@example.com"}),
    denied(APPLY, "ses:SendEmail", MAIL, "who deletes writes to nobody", {FROM: "finops@example.com"}),
    allowed(APPLY, "events:PutEvents", f"{BUS}/{STACK}", "what subscribers are told"),
    denied(APPLY, "events:PutEvents", f"{BUS}/default", "on a bus of its own"),
    allowed("EventBridge", "sqs:SendMessage", QUEUE, "what nobody took", {"aws:SourceAccount": HUB}),
    denied("EventBridge", "sqs:SendMessage", QUEUE, "of this account", {"aws:SourceAccount": "666666666666"}),
    allowed("SNS", "sqs:SendMessage", QUEUE, "a bounce that nobody took", {"aws:SourceArn": TOPIC}),
    denied("SNS", "sqs:SendMessage", QUEUE, "of this topic", {"aws:SourceArn": TOPIC.replace("Bounces", "Other")}),
    denied("SES", "sqs:SendMessage", QUEUE, "no other service", {"aws:SourceAccount": HUB}),
    denied("a stranger", "sqs:SendMessage", QUEUE, "and no stranger"),
    allowed("SES", "sns:Publish", TOPIC, "a bounce", {"aws:SourceAccount": HUB}),
    denied("SES", "sns:Publish", TOPIC, "of another account's mail", {"aws:SourceAccount": "666666666666"}),
    denied("a stranger", "sns:Publish", TOPIC, "or one that a stranger made up"),
    denied(REVIEW, "sns:Publish", TOPIC, "or the page"),
    allowed(LOGS, "logs:PutLogEvents", ACCESS_LOG, "who opened the page"),
    denied(LOGS, "s3:GetObject", f"{BUCKET}/sweeps/2026-11-20T06-00Z/plan.json", "logs and nothing else"),
]

INTERFACE = f"arn:aws:ec2:eu-west-1:{HUB}:network-interface/eni-0123456789abcdef0"
BY_ITS_CODE = {"lambda:SourceFunctionArn": function("ReviewFunction")}
CHINA, GOVERNMENT = "China", "GovCloud"
DEPLOYMENTS = [
    allowed(REVIEW, "ec2:DeleteNetworkInterface", INTERFACE, "Lambda connects the function", stack="VPC"),
    forbidden(REVIEW, "ec2:DeleteNetworkInterface", INTERFACE, "its code does not", BY_ITS_CODE, stack="VPC"),
    forbidden(REVIEW, "ec2:DeleteNetworkInterface", INTERFACE, "nor without a VPC", BY_ITS_CODE),
    denied(SCAN, "ec2:DeleteNetworkInterface", INTERFACE, "nor anybody without a VPC"),
    allowed(APPLY, ASSUME, ACT_ROLE, "within the boundary", ACTING, stack="boundary"),
    denied(ACTS, DELETE, ENDPOINT, "a boundary takes away", stack="boundary"),
    allowed(ACTS, "sagemaker:DescribeEndpoint", ENDPOINT, "what it does not name", stack="boundary"),
    denied(SCANS, "cloudwatch:ListMetrics", EVERYTHING, "from this role, too", stack="boundary"),
    denied(REVIEW, "kms:GenerateMac", key("MacKey"), "and what a key's policy gives", stack="boundary"),
    allowed(REVIEW, "dynamodb:PutItem", TABLE, "and nothing else", row_key("DECIDED#5f3a"), stack="boundary"),
    denied(PLAN, "organizations:ListAccounts", EVERYTHING, "of roles that SAM makes", stack="boundary"),
    allowed(SCAN, ASSUME, SCAN_ROLE, "other partitions have other ARNs", ID, stack=CHINA),
    forbidden(SCAN, ASSUME, ACT_ROLE, "also of what is denied", ACTING, stack=CHINA),
    allowed(APPLY, ASSUME, ACT_ROLE, "also of who deletes", ACTING, stack=CHINA),
    denied("an administrator of the hub", ASSUME, ACT_ROLE, "and of nobody else", ACTING, stack=CHINA),
    allowed(ACTS, DELETE, ENDPOINT.replace("us-east-1", "cn-northwest-1"), "in their regions", stack=CHINA),
    forbidden(ACTS, DELETE, ENDPOINT.replace("us-east-1", "cn-northwest-1"), "not kept", {KEEP: "x"}, stack=CHINA),
    allowed(VERIFY, "ssm:GetParameter", parameter("kill"), "the kill switch is theirs", stack=CHINA),
    allowed(REVIEW, "kms:GenerateMac", key("MacKey"), "so are the keys", stack=CHINA),
    denied(VERIFY, "kms:GenerateMac", key("MacKey"), "and whose they are", stack=CHINA),
    allowed(APPLY, ASSUME, ACT_ROLE, "in this partition as well", ACTING, stack=GOVERNMENT),
    denied(APPLY, ASSUME, ACT_ROLE, "with the external id", ID, stack=GOVERNMENT),
    forbidden(
        SCANS, DELETE, ENDPOINT.replace("us-east-1", "us-gov-east-1"), "a scan changes nothing", stack=GOVERNMENT
    ),
    allowed(ACTS, DELETE, ENDPOINT.replace("us-east-1", "us-gov-east-1"), "who may, may", stack=GOVERNMENT),
    allowed(RUNS, RUN, function("ApplyDecisionFunction"), "and the steps run", stack=GOVERNMENT),
    denied(RUNS, RUN, function("ReviewFunction"), "those of the state machine", stack=GOVERNMENT),
]

ROWS = PAGE + SWEEPS + MAILS_AND_EVENTS + DEPLOYMENTS
