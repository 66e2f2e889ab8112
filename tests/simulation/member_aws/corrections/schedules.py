"""What depends on an endpoint but is not part of it: monitoring schedules and inference experiments (D1.18, D3.12)."""

from moto.sagemaker.exceptions import ResourceNotFound
from moto.sagemaker.responses import SageMakerResponse

from tests.simulation.member_aws.corrections.correction import Correction
from tests.simulation.member_aws.corrections.replies import JsonReply, Row, page, reply, with_token
from tests.simulation.member_aws.state import active

EXPERIMENT_SUMMARY = ("Name", "Type", "Status", "CreationTime", "LastModifiedTime", "RoleArn")


def _rows(response: SageMakerResponse, kind: str) -> list[Row]:
    cell = active().cell(response.current_account, response.region)
    return list(cell.schedules if kind == "schedules" else cell.experiments)


def list_monitoring_schedules(response: SageMakerResponse) -> JsonReply:
    """Those of one endpoint, or all (D3.12)."""
    wanted = response._get_param
    rows = [
        ((str(row["CreationTime"]), str(row["MonitoringScheduleName"])), row)
        for row in _rows(response, "schedules")
        if wanted("EndpointName") in (None, row["EndpointName"])
        and wanted("StatusEquals") in (None, row["MonitoringScheduleStatus"])
    ]
    found, token = page(response, rows)
    return reply(with_token({"MonitoringScheduleSummaries": found}, token))


def list_inference_experiments(response: SageMakerResponse) -> JsonReply:
    """By status; the summary does not say which endpoint it is about (D1.18)."""
    wanted = response._get_param
    rows = [
        ((str(row["CreationTime"]), str(row["Name"])), {name: row[name] for name in EXPERIMENT_SUMMARY})
        for row in _rows(response, "experiments")
        if wanted("StatusEquals") in (None, row["Status"])
    ]
    found, token = page(response, rows)
    return reply(with_token({"InferenceExperiments": found}, token))


def describe_inference_experiment(response: SageMakerResponse) -> JsonReply:
    name = response._get_param("Name")
    for row in _rows(response, "experiments"):
        if row["Name"] == name:
            return reply(row)
    raise ResourceNotFound(message=f"Could not find inference experiment {name}.")


CORRECTIONS = (
    Correction("schedules", SageMakerResponse, "list_monitoring_schedules", list_monitoring_schedules, "D3.12"),
    Correction("experiments", SageMakerResponse, "list_inference_experiments", list_inference_experiments, "D1.18"),
    Correction(
        "experiment", SageMakerResponse, "describe_inference_experiment", describe_inference_experiment, "D1.18"
    ),
)
