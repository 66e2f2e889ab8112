"""The resources of the hub stack besides its functions, created in moto as template.yaml says."""

from collections.abc import Callable
from typing import Any

from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import Template

BUCKET = "endpoint-sweep-bucket"
TABLE = "endpoint-sweep-table"
STACK = "endpoint-sweep"
SENDER = "finops@example.com"


def make_resources(template: Template, client: Callable[[str], Any]) -> dict[str, str]:
    """Creates bucket, table, mail identity, bus and keys. Returns the ARNs of the keys by their logical ids."""
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    table = template["Resources"]["Table"]["Properties"]
    client("dynamodb").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=table["KeySchema"],
        AttributeDefinitions=table["AttributeDefinitions"],
    )
    client("sesv2").create_email_identity(EmailIdentity=SENDER)
    client("sesv2").create_configuration_set(ConfigurationSetName=STACK)
    client("events").create_event_bus(Name=STACK)
    keys = {}
    for name, key in cloudformation.resources(template, "AWS::KMS::Key").items():
        kind = {field: key[field] for field in ("KeySpec", "KeyUsage") if field in key}
        keys[name] = client("kms").create_key(**kind)["KeyMetadata"]["Arn"]
    return keys


def put_parameters(template: Template, client: Callable[[str], Any], resolve: Callable[[Any], str]) -> None:
    """The lists."""
    for one in cloudformation.resources(template, "AWS::SSM::Parameter").values():
        client("ssm").put_parameter(Name=resolve(one["Name"]), Value=resolve(one["Value"]), Type=one["Type"])
