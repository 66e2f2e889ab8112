"""Every reason to leave an endpoint alone, and everything that a person should be told: in one account."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.simulation.organization.scenarios.small import FIRST, REGION, one, organization
from tests.simulation.organization.specification import EndpointSpec, Organization, VariantSpec
from tests.simulation.organization.traffic import Traffic

STATUSES = (
    *("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting", "Failed", "OutOfService"),
    *("UpdateRollbackFailed", "Hibernating"),  # The last one no one knows yet.
)
STACK = f"arn:aws:cloudformation:{REGION}:{FIRST}:stack/recs/0f3a"
JUMPSTART = {"sagemaker-sdk:jumpstart-model-id": "meta-textgeneration-llama-3-8b"}
BEDROCK = {
    "bedrock:marketplace-registration-status": "registered",
    "sagemaker-sdk:bedrock": "compatible",
    "sagemaker-studio:hub-content-arn": f"arn:aws:sagemaker:{REGION}:aws:hub-content/SageMakerPublicHub/Model/x/1",
}


def build() -> Organization:
    return organization([*_statuses(), *_tags(), *_ages(), *_rhythms(), *_makers(), *_attached(), *_odd()])


def _statuses() -> Iterator[EndpointSpec]:
    for status in STATUSES:
        yield one(f"status-{status.lower()}", status=status)
    yield one("rollback-failed-busy", Traffic.steady(30), status="UpdateRollbackFailed")
    yield one("updating-two-fleets", status="Updating", pending_deployment=True)


def _tags() -> Iterator[EndpointSpec]:
    now = datetime.now(UTC)
    yesterday, today = f"{now - timedelta(days=1):%Y-%m-%d}", f"{now:%Y-%m-%d}"
    values = {
        "keep": {"endpoint-sweep:keep": "true"},
        "keep-false": {"endpoint-sweep:keep": "false"},
        "keep-other-case": {"Endpoint-Sweep:KEEP": ""},
        "until-future": {"endpoint-sweep:keep-until": "2099-12-31"},
        "until-past": {"endpoint-sweep:keep-until": "2024-01-31"},
        "until-word": {"endpoint-sweep:keep-until": "tomorrow"},
        "until-no-such-month": {"endpoint-sweep:keep-until": "2026-13-45"},
        "until-nines": {"endpoint-sweep:keep-until": "9999-99-99"},
        "until-empty": {"endpoint-sweep:keep-until": ""},
        "until-today": {"Endpoint-Sweep:Keep-Until": today},
        "until-yesterday": {"endpoint-sweep:keep-until": yesterday},
        "until-three-days-ago": {" endpoint-sweep:keep-until ": f" {now - timedelta(days=3):%Y-%m-%d} "},
        "until-an-hour-ago": {"endpoint-sweep:keep-until": f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"},
        "until-an-hour-ago-east": {"endpoint-sweep:keep-until": f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M}+02:00"},
        "until-an-hour-on": {"endpoint-sweep:keep-until": f"{now + timedelta(hours=1):%Y-%m-%d %H:%M}+00:00"},
        "until-11-hours-ago-somewhere": {"endpoint-sweep:keep-until": f"{now - timedelta(hours=11):%Y-%m-%d %H:%M}"},
        "until-13-hours-ago-somewhere": {"endpoint-sweep:keep-until": f"{now - timedelta(hours=13):%Y-%m-%d %H:%M}"},
        "until-without-dashes": {"endpoint-sweep:keep-until": "20200131"},
        "until-the-first-week": {"endpoint-sweep:keep-until": "2020-W01-1"},
        "until-an-essay": {"endpoint-sweep:keep-until": "2020-01-31" + " " * 90},
        "until-past-but-kept": {"endpoint-sweep:keep-until": "2024-01-31", "endpoint-sweep:keep": ""},
        "keeper": {"endpoint-sweep:keeper": "yes", "keep": "true"},
        "fifty-tags": {f"key-{number:02d}": "x" for number in range(49)} | {"endpoint-sweep:keep": "last"},
        "none": {},
    }
    for name, tags in values.items():
        yield one(f"tag-{name}", tags=tags)


def _ages() -> Iterator[EndpointSpec]:
    yield one("age-13-days", age=13)
    yield one("age-15-days", age=15)
    yield one("age-an-hour", age=0.04)
    yield one("age-changed-an-hour-ago", modified_days_ago=0.05)
    yield one("age-changed-last-week", modified_days_ago=6.0)
    yield one("age-redeployed-last-week", modified_days_ago=6.0, config_days_ago=6.0)
    yield one("age-redeployed-last-month", modified_days_ago=31.0, config_days_ago=31.0)


def _rhythms() -> Iterator[EndpointSpec]:
    """Jobs of a month or a quarter, failing calls, and what has ended."""
    yield one("called-monthly", Traffic.regular(30, 20), age=300)
    yield one("called-quarterly", Traffic.regular(91, 80), age=400)
    yield one("called-monthly-until-summer", Traffic.regular(30, 150), age=400)
    yield one("called-once", Traffic.last_seen(20, 5000))
    yield one("only-failing", failures=(("Invocation5XXErrors", Traffic.last_seen(3, 500)),))
    yield one("failed-long-ago", failures=(("Invocation5XXErrors", Traffic.last_seen(40, 500)),))
    for metric in ("InvocationFailures", "ExpiredRequests", "ResponseUploadFailures"):
        name = f"async-{metric.lower()}"
        yield one(name, kind="asynchronous", failures=((metric, Traffic.last_seen(2, 9)),))


def _makers() -> Iterator[EndpointSpec]:
    yield one("made-by-stack", tags={"aws:cloudformation:stack-name": "recs", "aws:cloudformation:stack-id": STACK})
    yield one("made-by-jumpstart", tags=JUMPSTART)
    yield one("made-in-studio", tags={"sagemaker-studio:jumpstart-model-id": "huggingface-llm-falcon-7b"})
    yield one("made-by-bedrock", tags=BEDROCK)
    yield one("canvas-churn-forecast")


def _attached() -> Iterator[EndpointSpec]:
    yield one("monitored", monitoring_schedules=("monitored-quality", "monitored-bias"))
    yield replace(
        one("in-experiment"), shadows=(VariantSpec("candidate", "ml.g5.xlarge"),), experiments=("candidate-test",)
    )
    reservation = f"arn:aws:sagemaker:{REGION}:{FIRST}:ml-reservation/block-1"
    yield replace(one("reserved"), variants=(VariantSpec("AllTraffic", "ml.m5.24xlarge", reservation=reservation),))


def _odd() -> Iterator[EndpointSpec]:
    yield one("config-gone", config_gone=True)
    yield one("config-gone-busy", Traffic.steady(4), config_gone=True)
    yield one("variants-hidden", variants_hidden=True)
    yield one("mute", Traffic.silent())
    yield one("optimizer-silent", optimizer=False)
    yield one("optimizer-wrong", Traffic.steady(2), optimizer=True)
    yield one("MixedCase-Name")
