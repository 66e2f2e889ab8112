"""What stops without a word: every function, the state machine, the queue and the schedule have an alarm."""

from typing import Any

import pytest

from endpoint_sweep.domain.kinds import Measure
from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import Template

OWN = {"Ref": "AWS::StackName"}
# It fails where a role is missing, which is no fault of the hub: the coverage of the sweep says so.
WITHOUT_ERRORS = {"ScanCellFunction"}


@pytest.fixture(scope="module")
def alarms(hub: Template) -> dict[str, dict[str, Any]]:
    return cloudformation.resources(hub, "AWS::CloudWatch::Alarm")


def of(alarms: dict[str, dict[str, Any]], namespace: str) -> list[tuple[str, Any, dict[str, Any]]]:
    """Metric, its one dimension, and the alarm."""
    return [
        (one["MetricName"], *[dimension["Value"] for dimension in one["Dimensions"]], one)
        for one in alarms.values()
        if one["Namespace"] == namespace
    ]


def test_every_function_has_an_alarm(hub: Template, alarms: dict[str, dict[str, Any]]) -> None:
    """On errors and on throttles, at the first one; each names its function."""
    functions = set(cloudformation.resources(hub, "AWS::Serverless::Function"))
    found = of(alarms, "AWS/Lambda")
    assert {value["Ref"] for metric, value, _ in found if metric == "Throttles"} == functions
    assert {value["Ref"] for metric, value, _ in found if metric == "Errors"} == functions - WITHOUT_ERRORS
    for name, alarm in alarms.items():
        if alarm["Namespace"] == "AWS/Lambda":
            [dimension] = alarm["Dimensions"]
            assert dimension["Name"] == "FunctionName"
            assert name == f"{dimension['Value']['Ref'].removesuffix('Function')}{alarm['MetricName']}Alarm"
            assert (alarm["Statistic"], alarm["Threshold"], alarm["EvaluationPeriods"]) == ("Sum", 1, 1)


def test_every_bad_end_of_a_sweep_has_an_alarm(alarms: dict[str, dict[str, Any]]) -> None:
    """By Step Functions' own metrics, in case the watchdog does not run."""
    found = of(alarms, "AWS/States")
    assert {metric for metric, _, _ in found} == {
        "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted", "ExecutionThrottled",
    }  # fmt: skip
    assert all(machine == {"Ref": "SweepStateMachine"} for _, machine, _ in found)


def test_a_queue_with_a_message_has_an_alarm(alarms: dict[str, dict[str, Any]]) -> None:
    """The queue of what reached no function."""
    [(metric, queue, alarm)] = of(alarms, "AWS/SQS")
    assert (metric, queue) == ("ApproximateNumberOfMessagesVisible", {"Fn::GetAtt": ["MissedEvents", "QueueName"]})
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Maximum", 1)


def test_an_overdue_sweep_and_a_check_that_does_not_run_have_alarms(alarms: dict[str, dict[str, Any]]) -> None:
    """Two, because they mean different things; only the second is raised by missing data."""
    overdue, silent = alarms["SweepOverdueAlarm"], alarms["ScheduleNotCheckedAlarm"]
    for one in (overdue, silent):
        assert (one["Namespace"], one["MetricName"], one["Period"]) == (OWN, Measure.OVERDUE, 3600)
    assert (overdue["Statistic"], overdue["TreatMissingData"]) == ("Maximum", "notBreaching")
    assert (silent["Statistic"], silent["ComparisonOperator"]) == ("SampleCount", "LessThanThreshold")
    assert silent["TreatMissingData"] == "breaching"


def test_the_check_runs_as_often_as_its_alarm_expects(hub: Template) -> None:
    """Every hour, whatever the state of the schedule of sweeps."""
    [event] = hub["Resources"]["CheckScheduleFunction"]["Properties"]["Events"].values()
    assert event["Properties"]["ScheduleExpression"] == "rate(1 hour)"
    assert "State" not in event["Properties"]


def test_every_alarm_is_complete(alarms: dict[str, dict[str, Any]]) -> None:
    """It says what happened, what missing data means, and whom to tell; CloudWatch looks back that far (D15.5)."""
    someone = {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}
    for name, one in alarms.items():
        assert one["AlarmDescription"].endswith("."), name
        assert one["TreatMissingData"] in ("notBreaching", "breaching"), name
        assert one["AlarmActions"] == someone, name
        assert one["Period"] * one["EvaluationPeriods"] <= (86_400 if one["Period"] < 3600 else 604_800), name


def test_every_metric_of_the_stack_is_published(hub: Template, alarms: dict[str, dict[str, Any]]) -> None:
    """By a step, or by a filter on the log; a misspelt one would never be raised."""
    filters = cloudformation.resources(hub, "AWS::Logs::MetricFilter").values()
    counted = {each["MetricName"] for one in filters for each in one["MetricTransformations"]}
    assert {one["MetricName"] for one in alarms.values() if one["Namespace"] == OWN} <= counted | set(Measure)
