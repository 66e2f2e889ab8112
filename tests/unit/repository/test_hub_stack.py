"""What no local engine enforces about the hub stack, read from the template: storage, logs, own permissions."""

import re
from pathlib import Path
from typing import Any

import pytest

from endpoint_sweep.aws.regions import known
from endpoint_sweep.rules.region_names import PATTERN
from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import COST_TEMPLATE, ROOT, TEMPLATES, Statement, Template
from tests.unit.repository import statemachine_rules as rules
from tests.unit.repository.statemachine_rules import Definition

STATES_ARN = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}"


@pytest.fixture(scope="module")
def definition() -> Definition:
    return rules.parse((ROOT / "statemachine" / "sweep.asl.json").read_text())


def only(template: Template, kind: str) -> dict[str, Any]:
    """The properties of the one resource of this type."""
    [(_, properties)] = cloudformation.resources(template, kind).items()
    return properties


def machine_permissions(hub: Template, action: str) -> list[Any]:
    """The resources on which the state machine's role may do this, as written in the template."""
    machine = only(hub, "AWS::Serverless::StateMachine")
    statements: list[Statement] = [s for policy in machine["Policies"] for s in policy["Statement"]]
    return [
        resource
        for statement in statements
        if action in cloudformation.actions(statement)
        for resource in cloudformation.as_list(statement["Resource"])
    ]


def test_the_machine_may_invoke_its_steps_and_nothing_else(hub: Template, definition: Definition) -> None:
    """Every function that a state calls is granted, and no other is."""
    substitutions = only(hub, "AWS::Serverless::StateMachine")["DefinitionSubstitutions"]
    called = [substitutions[rules.invoked(state)] for _, state in rules.tasks(definition)]
    granted = machine_permissions(hub, "lambda:InvokeFunction")
    assert sorted(map(str, granted)) == sorted({str(function) for function in called})


def test_the_machine_may_run_its_children(hub: Template) -> None:
    """A Distributed Map starts executions of the same machine, follows them and reads its items."""
    own = f"{STATES_ARN}:stateMachine:${{AWS::StackName}}"
    assert [cloudformation.text(hub, arn) for arn in machine_permissions(hub, "states:StartExecution")] == [own]
    for action in ("states:DescribeExecution", "states:StopExecution"):
        children = {cloudformation.text(hub, arn) for arn in machine_permissions(hub, action)}
        # Of this machine and of its maps; a name that merely begins alike is another stack's.
        assert children == {f"{STATES_ARN}:execution:${{AWS::StackName}}{end}" for end in (":*", "/*")}
    assert machine_permissions(hub, "s3:GetObject") == [{"Fn::Sub": "${Bucket.Arn}/sweeps/*"}]


def test_no_role_redrives_an_execution(hub: Template) -> None:
    """A sweep that failed is started anew: a redriven one would act on old decisions, which all count as expired."""
    assert machine_permissions(hub, "states:RedriveExecution") == []
    granted = {action for _, one in cloudformation.statements(hub) for action in cloudformation.actions(one)}
    assert {one for one in granted if "redrive" in one.lower() or one == "states:*"} == set()


def test_the_machine_logs_events_without_their_data(hub: Template) -> None:
    """Log and trace are on; what the states carry is not copied into logs."""
    machine = only(hub, "AWS::Serverless::StateMachine")
    assert machine["Type"] == "STANDARD"
    assert machine["Logging"]["Level"] == "ALL"
    assert machine["Logging"]["IncludeExecutionData"] is False
    assert machine["Tracing"] == {"Enabled": True}


def test_a_step_is_waited_for_as_long_as_its_function_may_run(hub: Template, definition: Definition) -> None:
    """A state that gave up before its function would go on without knowing what the function did."""
    functions = cloudformation.resources(hub, "AWS::Serverless::Function")
    default = hub["Globals"]["Function"]["Timeout"]
    for name, state in rules.tasks(definition):
        if "TimeoutSeconds" in state:
            assert state["TimeoutSeconds"] >= functions[rules.logical_id(name)].get("Timeout", default), name


def test_the_machine_ends_by_itself(definition: Definition) -> None:
    """An execution has a timeout of its own, below the year that AWS would wait."""
    assert 0 < definition["TimeoutSeconds"] <= 30 * 86_400


def test_a_new_account_runs_a_sweep(hub: Template) -> None:
    """It can run ten functions at once (D13.8): the scan leaves two of them to the page and the watchdog."""
    assert hub["Parameters"]["ScanConcurrency"]["Default"] <= 8


def test_the_bucket_is_closed(hub: Template) -> None:
    """Versioned, encrypted, without public access, TLS only, and kept when the stack goes."""
    bucket = only(hub, "AWS::S3::Bucket")
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    statements = only(hub, "AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    assert any(
        s["Effect"] == "Deny" and s["Condition"] == {"Bool": {"aws:SecureTransport": "false"}} for s in statements
    )


def test_nobody_deletes_a_version_of_a_sweep(hub: Template) -> None:
    """Refused to everybody by the bucket itself: a veto counts in every version that ever existed."""
    [deny] = [
        one
        for one in only(hub, "AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
        if "s3:DeleteObjectVersion" in cloudformation.actions(one)
    ]
    assert (deny["Effect"], deny["Principal"], "Condition" in deny) == ("Deny", "*", False)
    assert deny["Resource"] == {"Fn::Sub": "${Bucket.Arn}/sweeps/*"}


def test_the_table_is_asked_by_partition_only(hub: Template) -> None:
    """Each statement names its actions and its partition keys; none reads or writes without one (ForAllValues)."""
    known = {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Query"}
    fenced = [one for _, one in cloudformation.statements(hub) if "dynamodb:" in str(one.get("Action"))]
    assert fenced
    for one in fenced:
        assert set(cloudformation.actions(one)) <= known, one["Sid"]
        [(operator, keys)] = one["Condition"].items()
        assert operator in {"ForAllValues:StringEquals", "ForAllValues:StringLike"}, one["Sid"]
        assert list(keys) == ["dynamodb:LeadingKeys"], one["Sid"]
        assert "*" not in keys["dynamodb:LeadingKeys"], one["Sid"]


def test_a_sweep_knows_when_it_was_started(definition: Definition) -> None:
    """By that a name that is used again is told from a step that is tried again."""
    given = definition["States"]["Plan sweep"]["Parameters"]
    assert given["started.$"] == "$$.Execution.StartTime"


def test_the_table_can_be_restored(hub: Template) -> None:
    """On demand, with point-in-time recovery and expiry, and kept when the stack goes."""
    table = only(hub, "AWS::DynamoDB::Table")
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["TimeToLiveSpecification"]["Enabled"] is True


# What is empty after a failed creation goes with it. A table that is protected against deletion would fail the rollback
# (D14.3), and a setting of the account without its role would stop the logs of other APIs.
EXCEPT_ON_CREATE = ("Bucket", "CellsKey", "FindingsKey", "LinksKey", "MacKey", "ActsKey", "FunctionLogs",
                    "StateMachineLogs", "AccessLogGroup")  # fmt: skip
OUTLIVES = dict.fromkeys(EXCEPT_ON_CREATE, "RetainExceptOnCreate") | dict.fromkeys(
    ("Table", "AccessLogsRole", "AccessLogsSetting"), "Retain"
)


def test_what_was_written_down_outlives_the_stack(hub: Template) -> None:
    """The record of what was deleted, the keys that prove it and the logs are neither deleted nor replaced with it."""
    kept = {
        name: resource["DeletionPolicy"]
        for name, resource in hub["Resources"].items()
        if resource.get("DeletionPolicy", "Delete") != "Delete"
    }
    assert kept == OUTLIVES
    assert {hub["Resources"][name]["UpdateReplacePolicy"] for name in kept} == {"Retain"}


def test_nothing_that_holds_the_record_is_deleted_by_mistake(hub: Template) -> None:
    """By whoever does it."""
    assert only(hub, "AWS::DynamoDB::Table")["DeletionProtectionEnabled"] is True


def test_logs_end(hub: Template) -> None:
    """Every log group has a retention, and every function writes to one of them."""
    groups = cloudformation.resources(hub, "AWS::Logs::LogGroup")
    assert len(groups) == 3
    assert all(group["RetentionInDays"] == {"Ref": "LogRetentionDays"} for group in groups.values())
    assert hub["Globals"]["Function"]["LoggingConfig"]["LogGroup"]["Ref"] in groups
    assert hub["Globals"]["Function"]["Tracing"] == "Active"


def test_the_layer_is_built_for_the_processor_that_runs_it(hub: Template) -> None:
    """arm64, for which layers/core/Makefile takes wheels; test_layer.py looks at what it takes."""
    [layer] = [r for r in hub["Resources"].values() if r["Type"] == "AWS::Serverless::LayerVersion"]
    architectures = hub["Globals"]["Function"]["Architectures"]
    assert architectures == ["arm64"]
    assert layer["Metadata"] == {"BuildMethod": "makefile", "BuildArchitecture": architectures[0]}
    assert layer["Properties"]["CompatibleArchitectures"] == architectures


def test_a_lost_start_or_alarm_is_kept(hub: Template) -> None:
    """Both schedules and the watchdog have a dead-letter queue and try more than once."""
    events = [
        event["Properties"]
        for function in cloudformation.resources(hub, "AWS::Serverless::Function").values()
        for event in function.get("Events", {}).values()
        if event["Type"] in {"ScheduleV2", "EventBridgeRule"}
    ]
    assert len(events) == 3
    for event in events:
        assert event["DeadLetterConfig"]
        assert event["RetryPolicy"]["MaximumRetryAttempts"] > 0


def test_every_parameter_is_explained_and_grouped(hub: Template) -> None:
    """`sam deploy --guided` and the console show a description for each, in groups."""
    parameters = hub["Parameters"]
    assert [name for name, parameter in parameters.items() if not parameter.get("Description")] == []
    groups = hub["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert sorted(name for group in groups for name in group["Parameters"]) == sorted(parameters)


def test_the_stack_does_not_own_the_kill_switch(hub: Template) -> None:
    """CloudFormation writes its own value again when anything else of a parameter changes (D13.11): people make it."""
    name = hub["Outputs"]["KillSwitchName"]["Value"]
    assert cloudformation.variables(hub, "ApplyDecisionFunction")["KILL_SWITCH"] == name
    owned = [one["Name"] for one in cloudformation.resources(hub, "AWS::SSM::Parameter").values()]
    assert owned
    assert name not in owned
    command = hub["Outputs"]["AllowDeletionsCommand"]["Value"]["Fn::Sub"]
    assert f"--name {name['Fn::Sub']} --value off --type String --overwrite" in command


def test_what_the_stack_owns_is_changed_by_the_stack(hub: Template) -> None:
    """Whoever looks at one of its parameters is told where to change it."""
    for name, one in cloudformation.resources(hub, "AWS::SSM::Parameter").items():
        assert re.search(r"Change the stack parameters? \w+( and \w+)? instead\.$", one["Description"]), name


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_arn_is_of_the_partition_of_the_stack(template: Path) -> None:
    """Also in China and GovCloud; the functions are told which one it is."""
    resources = cloudformation.load(template)["Resources"]
    written = re.findall(r"\barn:([^:]*(?:::[^:]*)?):", str(resources))
    assert len(written) > (1 if template == COST_TEMPLATE else 5)
    assert set(written) == {"${AWS::Partition}"}


def test_the_functions_are_told_the_partition(hub: Template) -> None:
    """By the ARN of the state machine; the ARNs of the roles that they assume are made of it."""
    told = hub["Globals"]["Function"]["Environment"]["Variables"]["STATE_MACHINE_ARN"]
    assert told["Fn::Sub"].startswith("arn:${AWS::Partition}:states:")


def test_documents_can_be_locked(hub: Template) -> None:
    """S3 Object Lock by a parameter, off unless someone chooses it, with a time of its own."""
    assert hub["Parameters"]["ObjectLockMode"]["Default"] == "OFF"
    bucket = only(hub, "AWS::S3::Bucket")
    assert bucket["ObjectLockEnabled"]["Fn::If"][:2] == ["LocksObjects", True]
    [_, locked, _] = bucket["ObjectLockConfiguration"]["Fn::If"]
    retention = locked["Rule"]["DefaultRetention"]
    assert retention == {"Mode": {"Ref": "ObjectLockMode"}, "Days": {"Ref": "ObjectLockDays"}}


def test_only_the_acting_role_names_somebody(hub: Template) -> None:
    """`sts:SetSourceIdentity` and `sts:TagSession` on the act role, nowhere else."""
    named = ("sts:SetSourceIdentity", "sts:TagSession")
    roles = {name for name, role in hub["Resources"].items() if any(one in str(role) for one in named)}
    assert roles == {"ApplyDecisionRole"}


def test_the_deleting_function_is_over_before_its_state_gives_up(hub: Template, definition: Definition) -> None:
    """Else it could delete behind the back of the state that looks what it did."""
    functions = cloudformation.resources(hub, "AWS::Serverless::Function")
    [state] = [state for name, state in rules.tasks(definition) if name == "Apply decision"]
    assert functions["ApplyDecisionFunction"]["Timeout"] <= state["TimeoutSeconds"] - 60


def test_the_form_of_a_region_is_checked_before_the_stack_is_deployed(hub: Template) -> None:
    """As far as a pattern can; each entry of the list is held against it. A sweep knows the names themselves."""
    pattern = re.compile(hub["Parameters"]["Regions"]["AllowedPattern"])
    assert pattern.pattern == f"^(enabled|{PATTERN})$", "the template has another rule than the commands"
    homes = ("us-east-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1", "us-isob-east-1", "eu-isoe-west-1")
    names = [name for home in homes for name in known(home)]
    assert [name for name in [*names, "enabled"] if not pattern.fullmatch(name)] == []
    for wrong in ("eu-west1", "Ireland", "US-EAST-1", "us-east-1a", "", "us-east", "all", "us-east-1 eu-west-1"):
        assert not pattern.fullmatch(wrong), wrong
