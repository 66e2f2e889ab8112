"""The dashboard is JSON, fits its grid, and shows only what the product or AWS publishes."""

import json
import re
from typing import Any

import pytest

from endpoint_sweep.domain.kinds import Measure
from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import Template

# What AWS publishes, with its dimension.
AWS = {
    **{("AWS/Lambda", name): "FunctionName" for name in ("Errors", "Throttles")},
    **{
        ("AWS/States", name): "StateMachineArn"
        for name in ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted", "ExecutionThrottled")
    },
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): "QueueName",
}
OWN = "<AWS::StackName>"
WIDTH = 24


@pytest.fixture(scope="module")
def widgets(hub: Template) -> list[dict[str, Any]]:
    """With the name of each variable in its place."""
    [dashboard] = cloudformation.resources(hub, "AWS::CloudWatch::Dashboard").values()
    body = re.sub(r"\$\{([^}]+)\}", r"<\1>", dashboard["DashboardBody"]["Fn::Sub"])
    found: list[dict[str, Any]] = json.loads(body)["widgets"]
    return found


def metrics(widgets: list[dict[str, Any]]) -> list[list[str]]:
    """Namespace, name, and dimension with its value, without the options."""
    every = [metric for one in widgets for metric in one["properties"]["metrics"]]
    return [[part for part in metric if isinstance(part, str)] for metric in every]


def test_every_metric_is_published(hub: Template, widgets: list[dict[str, Any]]) -> None:
    """By a step or a filter without dimensions, or by AWS with the one that it has."""
    filters = cloudformation.resources(hub, "AWS::Logs::MetricFilter").values()
    own = {each["MetricName"] for one in filters for each in one["MetricTransformations"]} | set(Measure)
    for namespace, name, *dimension in metrics(widgets):
        if namespace == OWN:
            assert name in own
            assert dimension == []
        else:
            assert dimension[0] == AWS[namespace, name]
            assert len(dimension) == 2


def test_every_figure_of_a_sweep_is_shown(widgets: list[dict[str, Any]]) -> None:
    """And every function, with its errors and its throttles."""
    shown = metrics(widgets)
    assert {name for namespace, name, *_ in shown if namespace == OWN} >= set(Measure)


def test_every_function_is_shown(hub: Template, widgets: list[dict[str, Any]]) -> None:
    functions = {f"<{name}>" for name in cloudformation.resources(hub, "AWS::Serverless::Function")}
    for wanted in ("Errors", "Throttles"):
        assert {dimension[1] for _, name, *dimension in metrics(widgets) if name == wanted} == functions


def test_every_variable_is_a_resource(hub: Template, widgets: list[dict[str, Any]]) -> None:
    """A misspelt one would fail the deployment."""
    variables = set(re.findall(r"<([^>]+)>", json.dumps(widgets)))
    known = {"AWS::StackName", "AWS::Region"} | set(hub["Resources"]) | {"MissedEvents.QueueName"}
    assert variables <= known


def test_widgets_do_not_cover_each_other(widgets: list[dict[str, Any]]) -> None:
    """None reaches beyond the grid."""
    cells = [
        (x, y)
        for one in widgets
        for x in range(one["x"], one["x"] + one["width"])
        for y in range(one["y"], one["y"] + one["height"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < WIDTH


def test_every_widget_is_of_the_region_and_has_a_title(widgets: list[dict[str, Any]]) -> None:
    for one in widgets:
        assert one["properties"]["region"] == "<AWS::Region>"
        assert one["properties"]["title"]
        assert one["properties"]["stat"] in ("Maximum", "Sum")
